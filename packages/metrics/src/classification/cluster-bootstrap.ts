import { MedganError } from '@medgan/files';
import type { Rng } from '@medgan/plugin-api';

/** How a bootstrap is drawn. */
export interface BootstrapSettings {
  /** Source of the draws: equal streams give equal intervals. */
  readonly rng: Rng;
  /** Number of resamples. Default 2,000. */
  readonly rounds?: number;
  /** Probability that an interval covers. Default 0.95. */
  readonly level?: number;
}

/** A figure with its bootstrap interval. */
export interface BootstrapEstimate {
  /** Of all images. */
  readonly value: number;
  /** Percentile interval. */
  readonly interval: readonly [number, number];
  /** Standard deviation of the resamples' values. */
  readonly deviation: number;
  /** Resamples that had a value; the others lacked a class. */
  readonly rounds: number;
}

/** Figures of the images, each counted `weights[i]` times; undefined where such images have no such figure. */
type Statistics<Name extends string> = (weights: Float64Array) => Readonly<Record<Name, number | undefined>>;

/** Quantile `q` of sorted values, linear between neighbours (numpy's default). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (at - below);
}

/** The group of each image as an index from 0, in order of first appearance, and the number of groups. */
function indexGroups(groups: ArrayLike<string | number>): { of: Uint32Array; count: number } {
  const known = new Map<string | number, number>();
  const of = Uint32Array.from(groups as ArrayLike<unknown>, (group) => {
    const key = group as string | number;
    const index = known.get(key) ?? known.size;
    known.set(key, index);
    return index;
  });
  return { of, count: known.size };
}

/**
 * Percentile intervals by a bootstrap over groups: as many groups as there are are drawn with replacement, each with all
 * of its images (Field and Welsh 2007). All statistics are computed on the same resamples, so that a statistic that is a
 * difference of two classifiers is compared in pairs. A statistic without a value on all images is left out of the result.
 *
 * @throws MedganError with less than two groups
 */
export function clusterBootstrap<Name extends string>(
  groups: ArrayLike<string | number>,
  statistics: Statistics<Name>,
  { rng, rounds = 2000, level = 0.95 }: BootstrapSettings,
): Partial<Record<Name, BootstrapEstimate>> {
  const { of, count } = indexGroups(groups);
  if (count < 2) throw new MedganError(`a bootstrap over ${count} groups: at least 2 are needed`);
  const whole = Object.entries(statistics(new Float64Array(of.length).fill(1))) as [
    Name,
    number | undefined,
  ][];
  const drawn = new Map<Name, number[]>(whole.map(([name]) => [name, []]));
  const times = new Float64Array(count);
  const weights = new Float64Array(of.length);
  for (let round = 0; round < rounds; round++) {
    times.fill(0);
    for (let k = 0; k < count; k++) times[rng.integer(count)]!++;
    for (let i = 0; i < of.length; i++) weights[i] = times[of[i]!]!;
    const values = statistics(weights);
    for (const [name, list] of drawn) {
      const value = values[name];
      if (value !== undefined) list.push(value);
    }
  }
  const result: Partial<Record<Name, BootstrapEstimate>> = {};
  for (const [name, value] of whole) {
    const sorted = Float64Array.from(drawn.get(name)!).sort();
    if (value === undefined || sorted.length < 2) continue;
    const mean = sorted.reduce((sum, v) => sum + v, 0) / sorted.length;
    const squares = sorted.reduce((sum, v) => sum + (v - mean) ** 2, 0);
    result[name] = {
      value,
      interval: [quantile(sorted, (1 - level) / 2), quantile(sorted, (1 + level) / 2)],
      deviation: Math.sqrt(squares / (sorted.length - 1)),
      rounds: sorted.length,
    };
  }
  return result;
}
