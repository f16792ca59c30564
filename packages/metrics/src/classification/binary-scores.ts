import { MedganError } from '@medgan/files';

/** Scores of images, and which images are of the positive class. */
export interface BinaryScores {
  /** Higher for the positive class; logits or probabilities. */
  readonly scores: ArrayLike<number>;
  /** 1 for images of the positive class, 0 for the others. */
  readonly positive: ArrayLike<number>;
  /** How often each image counts, at least 0; once when left out. A resample of a bootstrap is a set of weights. */
  readonly weights?: ArrayLike<number> | undefined;
  /** `byFallingScore(scores)`, for callers that weigh the same scores many times. */
  readonly order?: Uint32Array | undefined;
}

/** What is known when every score at or above a threshold is called positive. */
export interface OperatingPoint {
  /** The least score that is called positive; Infinity for none. */
  readonly threshold: number;
  /** Weight of the positive images at or above it. */
  readonly truePositives: number;
  /** Weight of the negative images at or above it. */
  readonly falsePositives: number;
}

/** All operating points, from the highest threshold (nothing is called positive) to the lowest (everything is). */
export interface OperatingPoints {
  readonly points: readonly OperatingPoint[];
  /** Weight of all positive images. */
  readonly positives: number;
  /** Weight of all negative images. */
  readonly negatives: number;
}

/** @throws MedganError unless the lists are equally long, the scores finite and the classes 0 or 1. */
export function checkBinaryScores({ scores, positive, weights }: BinaryScores): void {
  const count = scores.length;
  if (positive.length !== count || (weights && weights.length !== count)) {
    const lengths = [count, positive.length, ...(weights ? [weights.length] : [])].join(', ');
    throw new MedganError(`scores, classes and weights have different lengths (${lengths})`);
  }
  for (let i = 0; i < count; i++) {
    if (!Number.isFinite(scores[i])) throw new MedganError(`score ${i} is ${scores[i]}, not a finite number`);
    if (positive[i] !== 0 && positive[i] !== 1)
      throw new MedganError(`class ${i} is ${positive[i]}, not 0 or 1`);
    if (weights && !(weights[i]! >= 0)) throw new MedganError(`weight ${i} is ${weights[i]}, not 0 or more`);
  }
}

/** The indices of `scores`, the highest score first; equal scores in the order of their indices. */
export function byFallingScore(scores: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
}

/** One operating point for each distinct score that has weight, behind the one where nothing is called positive. */
export function operatingPoints(data: BinaryScores): OperatingPoints {
  checkBinaryScores(data);
  const { scores, positive, weights, order = byFallingScore(scores) } = data;
  const points: OperatingPoint[] = [{ threshold: Infinity, truePositives: 0, falsePositives: 0 }];
  let [truePositives, falsePositives] = [0, 0];
  for (let from = 0; from < order.length;) {
    const threshold = scores[order[from]!]!;
    let weight = 0;
    for (; from < order.length && scores[order[from]!] === threshold; from++) {
      const i = order[from]!;
      const own = weights ? weights[i]! : 1;
      weight += own;
      if (positive[i] === 1) truePositives += own;
      else falsePositives += own;
    }
    if (weight > 0) points.push({ threshold, truePositives, falsePositives });
  }
  return { points, positives: truePositives, negatives: falsePositives };
}
