import { operatingPoints, type BinaryScores } from './binary-scores.ts';

/** A point of the receiver operating characteristic. */
export interface RocPoint {
  readonly threshold: number;
  /** Share of the positive images called positive. */
  readonly sensitivity: number;
  /** Share of the negative images called negative. */
  readonly specificity: number;
}

/** A point of the precision–recall curve. */
export interface PrecisionRecallPoint {
  readonly threshold: number;
  /** Share of the positive images among those called positive. */
  readonly precision: number;
  /** Share of the positive images called positive. */
  readonly recall: number;
}

/**
 * The receiver operating characteristic, one point for each distinct score, from the highest threshold to the lowest.
 * Empty when there are no images of one of the two classes.
 */
export function rocCurve(data: BinaryScores): RocPoint[] {
  const { points, positives, negatives } = operatingPoints(data);
  if (positives === 0 || negatives === 0) return [];
  return points.map(({ threshold, truePositives, falsePositives }) => ({
    threshold,
    sensitivity: truePositives / positives,
    specificity: 1 - falsePositives / negatives,
  }));
}

/**
 * The area under the receiver operating characteristic: the probability that a positive image scores higher than a
 * negative one, where equal scores count half. Undefined when there are no images of one of the two classes.
 */
export function auc(data: BinaryScores): number | undefined {
  const { points, positives, negatives } = operatingPoints(data);
  if (positives === 0 || negatives === 0) return undefined;
  let area = 0;
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    area += ((b.falsePositives - a.falsePositives) * (a.truePositives + b.truePositives)) / 2;
  }
  return area / (positives * negatives);
}

/** Precision and recall at each distinct score, from the highest threshold to the lowest. Empty without positives. */
export function precisionRecallCurve(data: BinaryScores): PrecisionRecallPoint[] {
  const { points, positives } = operatingPoints(data);
  if (positives === 0) return [];
  return points.slice(1).map(({ threshold, truePositives, falsePositives }) => ({
    threshold,
    precision: truePositives / (truePositives + falsePositives),
    recall: truePositives / positives,
  }));
}

/**
 * Average precision: precision at each threshold, weighted by the recall gained there, without interpolation. A
 * classifier that knows nothing has the prevalence of the positive class. Undefined without positive images.
 */
export function averagePrecision(data: BinaryScores): number | undefined {
  const curve = precisionRecallCurve(data);
  if (curve.length === 0) return undefined;
  let sum = 0;
  let recall = 0;
  for (const point of curve) {
    sum += (point.recall - recall) * point.precision;
    recall = point.recall;
  }
  return sum;
}

/**
 * The operating point of highest sensitivity among those of at least a given specificity; the highest threshold where
 * several are equal. No interpolation: the threshold can be used. Undefined when a class has no images.
 */
export function atSpecificity(data: BinaryScores, specificity: number): RocPoint | undefined {
  // 9 of 10 is not below 0.9 because of a rounding error.
  const allowed = 1e-12;
  let best: RocPoint | undefined;
  for (const point of rocCurve(data)) {
    if (point.specificity < specificity - allowed) continue;
    if (!best || point.sensitivity > best.sensitivity) best = point;
  }
  return best;
}

/** Highest sensitivity at a specificity of at least `specificity`. Undefined when a class has no images. */
export function sensitivityAtSpecificity(data: BinaryScores, specificity: number): number | undefined {
  return atSpecificity(data, specificity)?.sensitivity;
}

/**
 * The operating point of highest balanced accuracy, (sensitivity + specificity) / 2; the highest threshold where several
 * are equal. Undefined when a class has no images.
 */
export function bestBalanced(data: BinaryScores): RocPoint | undefined {
  let best: RocPoint | undefined;
  for (const point of rocCurve(data)) {
    if (!best || point.sensitivity + point.specificity > best.sensitivity + best.specificity) best = point;
  }
  return best;
}
