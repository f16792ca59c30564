import { MedganError } from '@medgan/files';
import { checkBinaryScores, type BinaryScores } from './binary-scores.ts';

/** What a bin of a calibration plot holds. */
export interface CalibrationBin {
  /** Mean probability that was predicted. */
  readonly predicted: number;
  /** Share of positive images. */
  readonly observed: number;
  /** Weight of the images. */
  readonly weight: number;
}

/** Line of a logistic regression of the class on the logit. */
export interface CalibrationLine {
  readonly intercept: number;
  /** 1 for a calibrated classifier; less than 1 for one that is too sure. */
  readonly slope: number;
}

const weightOf = (weights: ArrayLike<number> | undefined, i: number): number => (weights ? weights[i]! : 1);

function totalWeight({ scores, weights }: BinaryScores): number {
  let total = 0;
  for (let i = 0; i < scores.length; i++) total += weightOf(weights, i);
  return total;
}

function checkProbabilities(data: BinaryScores): void {
  checkBinaryScores(data);
  for (let i = 0; i < data.scores.length; i++) {
    const p = data.scores[i]!;
    if (p < 0 || p > 1) throw new MedganError(`probability ${i} is ${p}, outside of [0, 1]`);
  }
}

/** Mean squared difference of probability (`scores`) and class (Brier 1950). Undefined without images. */
export function brierScore(data: BinaryScores): number | undefined {
  checkProbabilities(data);
  const total = totalWeight(data);
  if (total === 0) return undefined;
  let sum = 0;
  for (let i = 0; i < data.scores.length; i++) {
    sum += weightOf(data.weights, i) * (data.scores[i]! - data.positive[i]!) ** 2;
  }
  return sum / total;
}

/**
 * Probabilities (`scores`) in bins of equal width over [0, 1], of which each holds its upper border; empty bins are left
 * out.
 */
export function calibrationBins(data: BinaryScores, bins = 15): CalibrationBin[] {
  checkProbabilities(data);
  const sums = Array.from({ length: bins }, () => ({ predicted: 0, observed: 0, weight: 0 }));
  for (let i = 0; i < data.scores.length; i++) {
    const p = data.scores[i]!;
    const bin = sums[Math.max(0, Math.ceil(p * bins) - 1)]!;
    const weight = weightOf(data.weights, i);
    bin.predicted += weight * p;
    bin.observed += weight * data.positive[i]!;
    bin.weight += weight;
  }
  return sums
    .filter(({ weight }) => weight > 0)
    .map(({ predicted, observed, weight }) => ({
      predicted: predicted / weight,
      observed: observed / weight,
      weight,
    }));
}

/**
 * Expected calibration error: the distance of probability and observed share, averaged over bins of equal width by their
 * weight (Naeini et al. 2015). Undefined without images.
 */
export function expectedCalibrationError(data: BinaryScores, bins = 15): number | undefined {
  const filled = calibrationBins(data, bins);
  const total = filled.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return undefined;
  return filled.reduce((sum, b) => sum + b.weight * Math.abs(b.predicted - b.observed), 0) / total;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Newton's method doubles its correct digits per round; a fit that needs more rounds has no finite optimum. */
const ROUNDS = 60;

/**
 * Logistic regression, without penalty, of the class on the logit (`scores`), by Newton's method (Cox 1958). Undefined
 * when there is no finite best line: a class has no images, the logits are all equal, or a threshold separates the classes.
 */
export function calibrationLine(data: BinaryScores): CalibrationLine | undefined {
  checkBinaryScores(data);
  const { scores, positive, weights } = data;
  let [intercept, slope] = [0, 0];
  let loss = Infinity;
  for (let round = 0, step = { a: 0, b: 0 }; round < ROUNDS; round++) {
    // Gradient and Hessian of the negative log likelihood.
    let [ga, gb, haa, hab, hbb, value] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < scores.length; i++) {
      const x = scores[i]!;
      const w = weightOf(weights, i);
      const line = intercept + slope * x;
      const p = sigmoid(line);
      const error = w * (p - positive[i]!);
      const spread = w * p * (1 - p);
      value += w * (Math.max(line, 0) - line * positive[i]! + Math.log1p(Math.exp(-Math.abs(line))));
      ga += error;
      gb += error * x;
      haa += spread;
      hab += spread * x;
      hbb += spread * x * x;
    }
    if (value > loss + 1e-12 * Math.abs(loss)) {
      // The step went too far: half of it is taken back.
      step = { a: step.a / 2, b: step.b / 2 };
      intercept += step.a;
      slope += step.b;
      continue;
    }
    loss = value;
    const determinant = haa * hbb - hab * hab;
    if (!(determinant > 1e-12 * haa * hbb)) return undefined;
    step = { a: (hbb * ga - hab * gb) / determinant, b: (haa * gb - hab * ga) / determinant };
    intercept -= step.a;
    slope -= step.b;
    if (Math.abs(step.a) + Math.abs(step.b) < 1e-13 * (1 + Math.abs(intercept) + Math.abs(slope))) {
      return { intercept, slope };
    }
  }
  return undefined;
}
