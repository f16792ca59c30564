import { centre, rowProducts, transpose, type Rows } from './row-products.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** A normal distribution in `mean.length` dimensions. */
export interface Gaussian {
  readonly mean: Float64Array;
  /** [dims, dims], symmetric, no negative eigenvalues. */
  readonly covariance: Float64Array;
}

/** Sum of the square roots of the eigenvalues; those below rounding error count as 0, whose root would not be small. */
function sumOfRoots(values: Float64Array): number {
  const least = Number.EPSILON * values.length * (values.at(-1) ?? 0);
  return values.reduce((sum, value) => sum + (value > least ? Math.sqrt(value) : 0), 0);
}

/**
 * tr (AB)^½ for covariances A and B. AB is not symmetric, but with A = FᵀF it has the eigenvalues of FBFᵀ, which is; so
 * the root itself is never formed, and no complex rounding noise needs cutting off.
 */
function traceOfRoot(a: Float64Array, b: Float64Array, dims: number): number {
  const { values, vectors } = symmetricEigen(a, dims, { vectors: true });
  for (let i = 0; i < dims; i++) {
    const root = Math.sqrt(Math.max(0, values[i]!));
    for (let j = i * dims; j < (i + 1) * dims; j++) vectors[j]! *= root;
  }
  const factor: Rows = { count: dims, dims, values: vectors };
  const half: Rows = { count: dims, dims, values: rowProducts(factor, { count: dims, dims, values: b }) };
  return sumOfRoots(symmetricEigen(rowProducts(half, factor), dims).values);
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
}

function trace(matrix: Float64Array, dims: number): number {
  let sum = 0;
  for (let i = 0; i < dims; i++) sum += matrix[i * dims + i]!;
  return sum;
}

/** |μ₁ − μ₂|² + tr(C₁ + C₂ − 2(C₁C₂)^½), the squared 2-Wasserstein distance of two Gaussians. */
export function frechetDistanceOfGaussians(a: Gaussian, b: Gaussian): number {
  const dims = a.mean.length;
  const spread = trace(a.covariance, dims) + trace(b.covariance, dims);
  const distance =
    squaredDistance(a.mean, b.mean) + spread - 2 * traceOfRoot(a.covariance, b.covariance, dims);
  return Math.max(0, distance);
}

/** Sums of squares of all centred values, over count − 1: the trace of the covariance. */
function spreadOf({ count, values }: Rows): number {
  return values.reduce((sum, value) => sum + value * value, 0) / (count - 1);
}

function covarianceOf(centred: Rows): Float64Array {
  const columns = transpose(centred);
  return rowProducts(columns, columns).map((sum) => sum / (centred.count - 1));
}

/**
 * The same trace from fewer rows than dimensions: (C₁C₂)^½ has the singular values of X₁X₂ᵀ, a matrix of rows by rows.
 */
function traceFromRows(x: Rows, y: Rows): number {
  const [few, many] = x.count <= y.count ? [x, y] : [y, x];
  const products: Rows = { count: few.count, dims: many.count, values: rowProducts(few, many) };
  const { values } = symmetricEigen(rowProducts(products, products), few.count);
  return sumOfRoots(values) / Math.sqrt((x.count - 1) * (y.count - 1));
}

/**
 * Fréchet distance of two sets of feature vectors, each taken as a Gaussian with its unbiased covariance.
 *
 * **Lower is better**; from 0 (equal mean and covariance). Symmetric. Biased upwards for small sets, the more so the
 * more dimensions: compare only values with equal numbers of images and the same features.
 * Reference: Heusel, Ramsauer, Unterthiner, Nessler, Hochreiter, "GANs Trained by a Two Time-Scale Update Rule", 2017,
 * https://arxiv.org/abs/1706.08500 (there with Inception features; here with whatever features are given).
 *
 * @param a at least 2 rows
 * @param b at least 2 rows of the same dims
 */
export function frechetDistance(a: Rows, b: Rows): number {
  const x = centre(a);
  const y = centre(b);
  const fewRows = Math.min(a.count, b.count) < a.dims;
  const root = fewRows
    ? traceFromRows(x.centred, y.centred)
    : traceOfRoot(covarianceOf(x.centred), covarianceOf(y.centred), a.dims);
  const distance = squaredDistance(x.mean, y.mean) + spreadOf(x.centred) + spreadOf(y.centred) - 2 * root;
  return Math.max(0, distance);
}
