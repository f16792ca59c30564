import { timesRows } from './row-products.ts';

/** Eigenvalues in ascending order; row i of `vectors` (when asked for) is the unit eigenvector of value i. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  /** [n, n], row by row; empty when not asked for. */
  readonly vectors: Float64Array;
}

/** A symmetric matrix reduced to a diagonal and the entries beside it. */
interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly beside: Float64Array;
  /** The transposed basis change, [n, n]; empty when not asked for. */
  readonly basis: Float64Array;
}

/** Inner product of `vector` with as many values of `a` from `start` on. */
function dot(a: Float64Array, start: number, vector: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += a[start + i]! * vector[i]!;
  return sum;
}

/** Householder reflections from both sides; `a` (n × n) is overwritten. */
function tridiagonalise(a: Float64Array, n: number, wantBasis: boolean): Tridiagonal {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const reflectors: { first: number; vector: Float64Array; scale: number }[] = [];
  const product = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    diagonal[k] = a[k * n + k]!;
    if (k + 1 >= n) break;
    const first = k + 1;
    const size = n - first;
    const vector = a.slice(k * n + first, k * n + n);
    const norm = Math.sqrt(dot(vector, 0, vector));
    const tail = Math.sqrt(dot(vector, 1, vector.subarray(1)));
    if (tail === 0) {
      beside[k] = vector[0]!;
      continue;
    }
    const sign = vector[0]! < 0 ? -1 : 1;
    beside[k] = -sign * norm;
    vector[0]! += sign * norm;
    const scale = 2 / dot(vector, 0, vector);
    timesRows(vector, { values: a, start: first * n + first, stride: n, count: size }, product);
    for (let i = 0; i < size; i++) product[i]! *= scale;
    const along = (scale * dot(product, 0, vector)) / 2;
    for (let i = 0; i < size; i++) product[i]! -= along * vector[i]!;
    for (let i = 0; i < size; i++) {
      const row = (first + i) * n + first;
      const v = vector[i]!;
      const p = product[i]!;
      for (let j = 0; j < size; j++) a[row + j]! -= v * product[j]! + p * vector[j]!;
    }
    if (wantBasis) reflectors.push({ first, vector, scale });
  }
  return { diagonal, beside, basis: wantBasis ? basisOf(reflectors, n) : new Float64Array(0) };
}

/** The reflections multiplied out, last one first, which leaves most of each product untouched. */
function basisOf(
  reflectors: readonly { first: number; vector: Float64Array; scale: number }[],
  n: number,
): Float64Array {
  const basis = new Float64Array(n * n);
  for (let i = 0; i < n; i++) basis[i * n + i] = 1;
  const products = new Float64Array(n);
  for (const { first, vector, scale } of reflectors.toReversed()) {
    const size = n - first;
    timesRows(vector, { values: basis, start: first * n + first, stride: n, count: size }, products);
    for (let i = 0; i < size; i++) {
      const start = (first + i) * n + first;
      const along = scale * products[i]!;
      for (let j = 0; j < size; j++) basis[start + j]! -= along * vector[j]!;
    }
  }
  return basis;
}

/** Turns rows i and i + 1 of `basis`, both `n` long. */
function rotateRows(basis: Float64Array, at: { i: number; n: number }, turn: { c: number; s: number }): void {
  const { c, s } = turn;
  let upper = at.i * at.n;
  for (let lower = upper + at.n, end = lower + at.n; lower < end; lower++, upper++) {
    const high = basis[upper]!;
    const low = basis[lower]!;
    basis[lower] = s * high + c * low;
    basis[upper] = c * high - s * low;
  }
}

/** Implicit QL steps with Wilkinson's shift until nothing is left beside the diagonal. */
function diagonalise({ diagonal: d, beside: e, basis }: Tridiagonal): void {
  const n = d.length;
  for (let l = 0; l < n; l++) {
    for (;;) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))) m++;
      if (m === l) break;
      const ratio = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      const root = Math.hypot(ratio, 1);
      let g = d[m]! - d[l]! + e[l]! / (ratio + (ratio < 0 ? -root : root));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * e[i]!;
        const b = c * e[i]!;
        const r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1]! - p;
        const step = (d[i]! - g) * s + 2 * c * b;
        p = s * step;
        d[i + 1] = g + p;
        g = c * step - b;
        if (basis.length > 0) rotateRows(basis, { i, n }, { c, s });
      }
      if (i >= l) continue;
      d[l]! -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
}

/**
 * Eigenvalues and, when `vectors` is set, eigenvectors of a symmetric matrix in float64: Householder reduction to
 * tridiagonal form, then implicit QL (Wilkinson, Reinsch, "Linear Algebra", 1971). Basis vectors are kept as rows, so
 * that every inner loop walks along memory. About n³ multiplications for the values, four times that with vectors.
 *
 * @param matrix [n, n], row by row; left alone
 */
export function symmetricEigen(
  matrix: Float64Array,
  n: number,
  options: { readonly vectors?: boolean } = {},
): SymmetricEigen {
  const reduced = tridiagonalise(matrix.slice(), n, options.vectors ?? false);
  diagonalise(reduced);
  const { diagonal, basis } = reduced;
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[i]! - diagonal[j]!);
  const vectors = new Float64Array(basis.length);
  if (basis.length > 0) {
    order.forEach((from, to) => vectors.set(basis.subarray(from * n, (from + 1) * n), to * n));
  }
  return { values: Float64Array.from(order, (i) => diagonal[i]!), vectors };
}
