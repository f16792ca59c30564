import type { Rows } from './row-products.ts';

/** Options of the metric `prdc`; their defaults are `prdcDefaults`. */
export interface PrdcOptions {
  /** A row's ball reaches to its k-th nearest row of the same set. */
  readonly nearestK?: number;
}

/** The k of Naeem et al. 2020. */
export const prdcDefaults = { nearestK: 5 } as const satisfies Required<PrdcOptions>;

/** Precision, recall and coverage are shares in [0, 1]; density is unbounded, and near 1 if the sets are alike. */
export interface Prdc {
  readonly precision: number;
  readonly recall: number;
  readonly density: number;
  readonly coverage: number;
}

/** Squared distance of row i of `a` and row j of `other.rows`, summed from differences, so exactly 0 for equal rows. */
export function squaredRowDistance(
  a: Rows,
  i: number,
  other: { readonly rows: Rows; readonly j: number },
): number {
  const { dims } = a;
  const b = other.rows.values;
  let p = i * dims;
  let q = other.j * dims;
  let sum = 0;
  for (const stop = p + dims; p < stop; p++, q++) {
    const difference = a.values[p]! - b[q]!;
    sum += difference * difference;
  }
  return sum;
}

/** Squared distance of every row to its k-th nearest other row. */
function squaredRadii(rows: Rows, k: number, onRow: () => void): Float64Array {
  const nearest = new Float64Array(rows.count * k).fill(Infinity);
  const insert = (row: number, distance: number): void => {
    let at = (row + 1) * k - 1;
    if (distance >= nearest[at]!) return;
    for (; at > row * k && nearest[at - 1]! > distance; at--) nearest[at] = nearest[at - 1]!;
    nearest[at] = distance;
  };
  for (let i = 0; i < rows.count; i++) {
    for (let j = 0; j < i; j++) {
      const distance = squaredRowDistance(rows, i, { rows, j });
      insert(i, distance);
      insert(j, distance);
    }
    onRow();
  }
  return Float64Array.from({ length: rows.count }, (_, row) => nearest[(row + 1) * k - 1]!);
}

/**
 * Precision, recall, density and coverage of fakes among reals, from balls around rows. A row's ball reaches to its
 * k-th nearest row of the same set.
 * - precision: share of fakes inside the ball of some real;
 * - recall: share of reals inside the ball of some fake;
 * - density: mean over fakes of the number of real balls they are in, over k;
 * - coverage: share of reals with a fake inside their ball.
 *
 * Higher is better for all four. Precision, recall and coverage lie in [0, 1]; density can exceed 1 and is 1 on average
 * for two samples of one distribution. Memory grows with count × k, time with the square of the count.
 * Reference: Naeem, Oh, Uh, Choi, Yoo, "Reliable Fidelity and Diversity Metrics for Generative Models", 2020,
 * https://arxiv.org/abs/2002.09797
 *
 * @param real more than nearestK rows
 * @param fake more than nearestK rows of the same dims
 */
export function prdc(
  real: Rows,
  fake: Rows,
  settings: PrdcOptions & { readonly onProgress?: (done: number, total: number) => void } = {},
): Prdc {
  const { nearestK, onProgress } = { ...prdcDefaults, ...settings };
  const total = 2 * real.count + fake.count;
  let done = 0;
  const onRow = (): void => onProgress?.(++done, total);
  const realRadii = squaredRadii(real, nearestK, onRow);
  const fakeRadii = squaredRadii(fake, nearestK, onRow);
  const precise = new Uint8Array(fake.count);
  let recalled = 0;
  let covered = 0;
  let inside = 0;
  for (let i = 0; i < real.count; i++) {
    let isRecalled = false;
    let isCovered = false;
    for (let j = 0; j < fake.count; j++) {
      const distance = squaredRowDistance(real, i, { rows: fake, j });
      if (distance < realRadii[i]!) {
        precise[j] = 1;
        isCovered = true;
        inside++;
      }
      if (distance < fakeRadii[j]!) isRecalled = true;
    }
    if (isRecalled) recalled++;
    if (isCovered) covered++;
    onRow();
  }
  return {
    precision: precise.reduce((sum, hit) => sum + hit, 0) / fake.count,
    recall: recalled / real.count,
    density: inside / (nearestK * fake.count),
    coverage: covered / real.count,
  };
}
