/** A matrix, row by row. */
export interface Rows {
  readonly count: number;
  readonly dims: number;
  /** [count, dims]. */
  readonly values: Float64Array;
}

/** Rows of one side that stay in the cache while the other side walks past. */
const block = 16;

/** Inner products of all rows of `a` with all rows of `b`: [a.count, b.count]. Both have the same dims. */
export function rowProducts(a: Rows, b: Rows): Float64Array {
  const { dims } = a;
  const out = new Float64Array(a.count * b.count);
  for (let start = 0; start < b.count; start += block) {
    const end = Math.min(start + block, b.count);
    for (let i = 0; i < a.count; i++) {
      for (let j = start; j < end; j++) {
        let p = i * dims;
        let q = j * dims;
        let sum = 0;
        for (const stop = p + dims; p < stop; p++, q++) sum += a.values[p]! * b.values[q]!;
        out[i * b.count + j] = sum;
      }
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
