/** A matrix, row by row. */
export interface Rows {
  readonly count: number;
  readonly dims: number;
  /** [count, dims]. */
  readonly values: Float64Array;
}

/** Rows that lie `stride` values apart. */
export interface SpacedRows {
  readonly values: Float64Array;
  /** Where the first of them begins. */
  readonly start: number;
  readonly stride: number;
  readonly count: number;
}

/**
 * Inner products of a vector with the beginnings of rows, into `out`. Four at a time, because one sum waits for itself;
 * each is added up in the order of its row, so that it has the bits it has alone.
 */
export function timesRows(vector: Float64Array, rows: SpacedRows, out: Float64Array): void {
  const { values, start, stride, count } = rows;
  const size = vector.length;
  let row = 0;
  for (; row + 4 <= count; row += 4) {
    let [a, b, c, d] = [0, 0, 0, 0];
    let at = start + row * stride;
    for (let i = 0; i < size; i++, at++) {
      const value = vector[i]!;
      a += value * values[at]!;
      b += value * values[at + stride]!;
      c += value * values[at + 2 * stride]!;
      d += value * values[at + 3 * stride]!;
    }
    out[row] = a;
    out[row + 1] = b;
    out[row + 2] = c;
    out[row + 3] = d;
  }
  for (; row < count; row++) {
    let sum = 0;
    let at = start + row * stride;
    for (let i = 0; i < size; i++, at++) sum += vector[i]! * values[at]!;
    out[row] = sum;
  }
}

/** Rows of one side that stay in the cache while the other side walks past. */
const block = 16;

/** Inner products of all rows of `a` with all rows of `b`: [a.count, b.count]. Both have the same dims. */
export function rowProducts(a: Rows, b: Rows): Float64Array {
  const { dims } = a;
  const out = new Float64Array(a.count * b.count);
  for (let start = 0; start < b.count; start += block) {
    const end = Math.min(start + block, b.count);
    const rows = { values: b.values, start: start * dims, stride: dims, count: end - start };
    for (let i = 0; i < a.count; i++) {
      const at = i * b.count + start;
      timesRows(a.values.subarray(i * dims, (i + 1) * dims), rows, out.subarray(at, at + rows.count));
    }
  }
  return out;
}

/** Chosen rows, in the order of `indices`. */
export function gatherRows(rows: Rows, indices: ArrayLike<number>): Rows {
  const { dims } = rows;
  const values = new Float64Array(indices.length * dims);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * dims;
    values.set(rows.values.subarray(from, from + dims), i * dims);
  }
  return { count: indices.length, dims, values };
}

/** Columns as rows. */
export function transpose({ count, dims, values }: Rows): Rows {
  const out = new Float64Array(values.length);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < dims; j++) out[j * count + i] = values[i * dims + j]!;
  }
  return { count: dims, dims: count, values: out };
}

/** Mean over rows, and the rows with it taken off. */
export function centre(rows: Rows): { readonly mean: Float64Array; readonly centred: Rows } {
  const { count, dims } = rows;
  const mean = new Float64Array(dims);
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = 0; j < dims; j++, at++) mean[j]! += rows.values[at]! / count;
  }
  const values = rows.values.slice();
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = 0; j < dims; j++, at++) values[at]! -= mean[j]!;
  }
  return { mean, centred: { count, dims, values } };
}
