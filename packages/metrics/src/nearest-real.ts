import { squaredRowDistance } from './functional/prdc.ts';
import { checkFeatures, type FeatureSets } from './set-size.ts';
import type { Rows } from './functional/row-products.ts';

/** The share of fakes whose distance to the nearest real is below a quantile of the distances between reals. */
export interface NearerShare {
  /** Quantile of the distances of reals to their nearest other real; 0 is the smallest of them. */
  readonly quantile: number;
  /** The distance at that quantile. */
  readonly distance: number;
  /** About `quantile` for fakes from the distribution of the reals; far above it, the fakes copy training images. */
  readonly share: number;
}

/** A fake and its nearest real image, by index. */
export interface NearPair {
  readonly fake: number;
  readonly real: number;
  readonly distance: number;
  /** Distance of that real image to its nearest other real. */
  readonly realToReal: number;
}

/** Memorisation check; JSON-able. */
export interface NearestReal {
  /** Empty if it cannot be computed; `reason` then says why. */
  readonly nearer: readonly NearerShare[];
  /** Median distance of a fake to its nearest real, and of a real to its nearest other real; null as above. */
  readonly medianFake: number | null;
  readonly medianReal: number | null;
  /** The nearest pairs, nearest first, to be looked at. */
  readonly worst: readonly NearPair[];
  readonly reason?: string;
}

const quantiles = [0, 0.05, 0.5];

interface Nearest {
  readonly index: Int32Array;
  readonly distance: Float64Array;
}

/** Each row's nearest row of `among`, other than itself if both are the same set. */
function nearestOf(rows: Rows, among: Rows): Nearest {
  const index = new Int32Array(rows.count);
  const distance = new Float64Array(rows.count).fill(Infinity);
  for (let i = 0; i < rows.count; i++) {
    for (let j = 0; j < among.count; j++) {
      if (rows === among && i === j) continue;
      const squared = squaredRowDistance(rows, i, { rows: among, j });
      if (squared >= distance[i]!) continue;
      distance[i] = squared;
      index[i] = j;
    }
    distance[i] = Math.sqrt(distance[i]!);
  }
  return { index, distance };
}

function quantileOf(sorted: Float64Array, quantile: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))]!;
}

function reasonAgainst({ real, fake }: FeatureSets): string | undefined {
  if (real.count < 2) return `needs 2 real images, got ${real.count}`;
  return fake.count < 1 ? 'needs a fake image, got none' : undefined;
}

/**
 * Memorisation check: whether fakes lie nearer to training images than training images do to each other, in a feature
 * space. Near-copies of training images are pairs whose distance is far below `realToReal`.
 *
 * @param sets features of the training images and of the fakes, at least 2 reals and 1 fake
 * @throws MedganError when dims differ or a feature is not finite
 */
export function nearestReal(sets: FeatureSets, settings: { readonly worst?: number } = {}): NearestReal {
  const { real, fake } = sets;
  checkFeatures('nearest-real', sets);
  const reason = reasonAgainst(sets);
  if (reason !== undefined) return { nearer: [], medianFake: null, medianReal: null, worst: [], reason };
  const ofFake = nearestOf(fake, real);
  const ofReal = nearestOf(real, real);
  const sortedFake = ofFake.distance.toSorted();
  const sortedReal = ofReal.distance.toSorted();
  const nearer = quantiles.map((quantile) => {
    const distance = quantileOf(sortedReal, quantile);
    const share = sortedFake.filter((value) => value < distance).length / fake.count;
    return { quantile, distance, share };
  });
  const order = Array.from(ofFake.distance.keys()).sort((i, j) => ofFake.distance[i]! - ofFake.distance[j]!);
  const worst = order.slice(0, settings.worst ?? 8).map((index) => {
    const nearest = ofFake.index[index]!;
    return {
      fake: index,
      real: nearest,
      distance: ofFake.distance[index]!,
      realToReal: ofReal.distance[nearest]!,
    };
  });
  return { nearer, medianFake: quantileOf(sortedFake, 0.5), medianReal: quantileOf(sortedReal, 0.5), worst };
}
