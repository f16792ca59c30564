import { MedganError } from '@medgan/files';
import { checkBinaryScores, type BinaryScores } from './binary-scores.ts';
import { twoSidedP } from './normal-distribution.ts';

/** An area under the curve with DeLong's variance. */
export interface DeLong {
  readonly auc: number;
  readonly variance: number;
}

/** The difference of two areas under the curve on the same images. */
export interface DeLongTest {
  readonly first: DeLong;
  readonly second: DeLong;
  /** Second minus first. */
  readonly difference: number;
  readonly variance: number;
  /** Standard normal under equal areas; 0 where both classifiers order all pairs alike. */
  readonly z: number;
  /** Two-sided. */
  readonly p: number;
}

/** Ranks from 1, in the order of the values; equal values share the mean of their ranks. */
function midranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values, (_v, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let k = from; k < to; k++) ranks[order[k]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

/** The share of the other class that each image is ordered rightly against, positive images and negative ones. */
interface Placements {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

/** Sun and Xu 2014: the placements from ranks, in O(n log n). */
function placements({ scores, positive }: BinaryScores): Placements {
  const of = (wanted: number): Float64Array =>
    Float64Array.from(Array.from(scores).filter((_s, i) => positive[i] === wanted));
  const [x, y] = [of(1), of(0)];
  if (x.length < 2 || y.length < 2) {
    throw new MedganError(
      `DeLong's variance of ${x.length} positive and ${y.length} negative images: at least 2 of each are needed`,
    );
  }
  const all = midranks(Float64Array.from([...x, ...y]));
  const [own, others] = [midranks(x), midranks(y)];
  return {
    positive: own.map((rank, i) => (all[i]! - rank) / y.length),
    negative: others.map((rank, i) => 1 - (all[x.length + i]! - rank) / x.length),
  };
}

const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** Covariance of two lists, with the divisor n − 1. */
function covariance(a: Float64Array, b: Float64Array): number {
  const [ma, mb] = [mean(a), mean(b)];
  return a.reduce((sum, v, i) => sum + (v - ma) * (b[i]! - mb), 0) / (a.length - 1);
}

const covarianceOfAreas = (a: Placements, b: Placements): number =>
  covariance(a.positive, b.positive) / a.positive.length +
  covariance(a.negative, b.negative) / a.negative.length;

/**
 * The area under the curve and its variance (DeLong et al. 1988). It assumes independent images, so that it must not be
 * used where several images show one lesion: see `clusterBootstrap`. Weights are not used.
 *
 * @throws MedganError with less than two images of a class
 */
export function delong(data: BinaryScores): DeLong {
  checkBinaryScores(data);
  const own = placements(data);
  return { auc: mean(own.positive), variance: covarianceOfAreas(own, own) };
}

/**
 * Compares two classifiers by their areas under the curve on the same images (DeLong et al. 1988).
 *
 * @throws MedganError with less than two images of a class, or different classes for the two
 */
export function delongTest(first: BinaryScores, second: BinaryScores): DeLongTest {
  checkBinaryScores(first);
  checkBinaryScores(second);
  const { length } = first.positive;
  const alike = length === second.positive.length && Array.from(first.positive).every((c, i) => c === second.positive[i]); // prettier-ignore
  if (!alike) throw new MedganError('the two classifiers are compared on different images');
  const [a, b] = [placements(first), placements(second)];
  const [va, vb] = [covarianceOfAreas(a, a), covarianceOfAreas(b, b)];
  const [areaA, areaB] = [mean(a.positive), mean(b.positive)];
  const difference = areaB - areaA;
  const variance = Math.max(0, va + vb - 2 * covarianceOfAreas(a, b));
  const z = variance === 0 ? Math.sign(difference) * (difference === 0 ? 0 : Infinity) : difference / Math.sqrt(variance); // prettier-ignore
  return {
    first: { auc: areaA, variance: va },
    second: { auc: areaB, variance: vb },
    difference,
    variance,
    z,
    p: z === Infinity || z === -Infinity ? 0 : twoSidedP(z),
  };
}
