import type { Rng } from '@medgan/plugin-api';
import { gatherRows, rowProducts, type Rows } from './row-products.ts';

/** Options of the metric `kid`. */
export interface KidOptions {
  /** Pairs of random subsets. Default 100. */
  readonly subsets?: number;
  /** Rows of a subset; at most half of the smaller set, so that subsets differ. Default 1000. */
  readonly subsetSize?: number;
}

/** Options of `kid`, and what it needs to run: its randomness and its share of the memory. */
export interface KidSettings extends KidOptions {
  readonly rng: Rng;
  /** Bytes that the inner products of all rows may take; beyond, each subset works out its own. Default 256 MiB. */
  readonly memory?: number;
  /** Told how many subsets are done, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A kernel distance: 0 is best, and an unbiased estimate can be below. */
export interface Kid {
  /** Mean over subsets. */
  readonly mean: number;
  /** Standard deviation over subsets. */
  readonly deviation: number;
  readonly subsets: number;
  readonly subsetSize: number;
}

/** Inner products of all rows of a pool, the first `xCount` of it from the one set. */
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

/** Sum of (⟨p, q⟩ / d + 1)³ over p in `rows`, q in `columns`, the same row with itself left out. */
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
 * **Lower is better**; 0 on average, and so now and then below 0, for two samples of one distribution; no upper bound.
 * Unlike the Fréchet distance it is unbiased, so small sets may be compared.
 * Reference: Bińkowski, Sutherland, Arbel, Gretton, "Demystifying MMD GANs", 2018, https://arxiv.org/abs/1801.01401
 * (there with Inception features; here with whatever features are given).
 *
 * @param a at least 4 rows
 * @param b at least 4 rows of the same dims
 */
export function kid(a: Rows, b: Rows, settings: KidSettings): Kid {
  const { subsets = 100, memory = 2 ** 28, rng, onProgress } = settings;
  const size = Math.min(settings.subsetSize ?? 1000, Math.floor(Math.min(a.count, b.count) / 2));
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
