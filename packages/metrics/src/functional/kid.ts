import type { Rng } from '@medgan/plugin-api';
import { gatherRows, rowProducts, type Rows } from './row-products.ts';

/** Options of the metric `kid`; their defaults are `kidDefaults`. */
export interface KidOptions {
  /** Pairs of random subsets. */
  readonly subsets?: number;
  /** Rows per subset; at most half of the smaller set, so that subsets differ. */
  readonly subsetSize?: number;
}

/** The subsets of Bińkowski et al. 2018. */
export const kidDefaults = { subsets: 100, subsetSize: 1000 } as const satisfies Required<KidOptions>;

/** Options of `kid`, its random stream, and the memory it may use. */
export interface KidSettings extends KidOptions {
  readonly rng: Rng;
  /** Bytes for the inner products of all rows; if they need more, each subset computes its own. Default 256 MiB. */
  readonly memory?: number;
  /** Called with the number of subsets done and the total. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A kernel distance: 0 is best; an unbiased estimate can be negative. */
export interface Kid {
  /** Mean over subsets. */
  readonly mean: number;
  /** Standard deviation over subsets. */
  readonly deviation: number;
  readonly subsets: number;
  readonly subsetSize: number;
}

/** Inner products of all pairs of rows of both sets. */
interface Products {
  readonly values: Float64Array;
  readonly size: number;
  readonly dims: number;
}

function productsOf(x: Rows, y: Rows): Products {
  const values = new Float64Array(x.values.length + y.values.length);
  values.set(x.values);
  values.set(y.values, x.values.length);
  const size = x.count + y.count;
  const pool: Rows = { count: size, dims: x.dims, values };
  return { values: rowProducts(pool, pool), size, dims: x.dims };
}

/** Sum of (⟨p, q⟩ / d + 1)³ over p in `rows`, q in `columns`, leaving out the pair of a row with itself. */
function sumOfKernel({ values, size, dims }: Products, rows: Uint32Array, columns: Uint32Array): number {
  let sum = 0;
  for (const row of rows) {
    for (const column of columns) {
      if (row === column) continue;
      const base = values[row * size + column]! / dims + 1;
      sum += base * base * base;
    }
  }
  return sum;
}

/** Unbiased squared maximum mean discrepancy of two groups of rows of equal number. */
function discrepancy(products: Products, x: Uint32Array, y: Uint32Array): number {
  const m = x.length;
  const within = sumOfKernel(products, x, x) + sumOfKernel(products, y, y);
  return within / (m * (m - 1)) - (2 * sumOfKernel(products, x, y)) / (m * m);
}

/**
 * Kernel distance: the unbiased squared maximum mean discrepancy under k(p, q) = (⟨p, q⟩ / d + 1)³, as mean and
 * standard deviation over random subsets.
 *
 * **Lower is better**; 0 on average (so sometimes negative) for two samples of one distribution; no upper bound.
 * Unlike the Fréchet distance it is unbiased, so small sets can be compared.
 * Reference: Bińkowski, Sutherland, Arbel, Gretton, "Demystifying MMD GANs", 2018, https://arxiv.org/abs/1801.01401
 * (there with Inception features; here with whatever features are given).
 *
 * @param a at least 4 rows
 * @param b at least 4 rows of the same dims
 */
export function kid(a: Rows, b: Rows, settings: KidSettings): Kid {
  const { subsets, subsetSize, memory = 2 ** 28, rng, onProgress } = { ...kidDefaults, ...settings };
  const size = Math.min(subsetSize, Math.floor(Math.min(a.count, b.count) / 2));
  const kept = 8 * (a.count + b.count) ** 2 <= memory ? productsOf(a, b) : undefined;
  const leading = Uint32Array.from({ length: size }, (_, i) => i);
  const values: number[] = [];
  for (let subset = 0; subset < subsets; subset++) {
    const stream = rng.split(`subset/${subset}`);
    const x = stream.permutation(a.count).subarray(0, size);
    const y = stream.permutation(b.count).subarray(0, size);
    values.push(
      kept
        ? discrepancy(
            kept,
            x,
            y.map((row) => a.count + row),
          )
        : discrepancy(
            productsOf(gatherRows(a, x), gatherRows(b, y)),
            leading,
            leading.map((row) => size + row),
          ),
    );
    onProgress?.(subset + 1, subsets);
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / subsets;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, subsets - 1);
  return { mean, deviation: Math.sqrt(variance), subsets, subsetSize: size };
}
