/**
 * Stored layout: the layout of variables in compiled engines and in checkpoints. Rank-4 variables are convolution
 * filters, [kh, kw, in, out] in TF.js, and are stored transposed by [3, 2, 0, 1]: PyTorch's [out, in, kh, kw]
 * (for a transposed convolution, [kh, kw, out, in] becomes [in, out, kh, kw]). Every other rank is stored as it is.
 */
export const STORED_FILTER_PERM: readonly number[] = [3, 2, 0, 1];

/** From stored layout back to TF.js layout. */
const FROM_STORED: readonly number[] = [2, 3, 1, 0];

/** The stored shape of a variable whose TF.js shape is `shape`. */
export function storedShape(shape: readonly number[]): number[] {
  return shape.length === 4 ? STORED_FILTER_PERM.map((axis) => shape[axis]!) : [...shape];
}

/** Values of a tensor of `shape`, with its axes permuted as `tf.transpose(x, perm)` does. Never returns `values`. */
export function permute<T extends Float32Array | Int32Array | Uint8Array>(
  values: T,
  shape: readonly number[],
  perm: readonly number[],
): T {
  if (shape.length === 4) return permute4(values, shape, perm);
  const strides = shape.map((_n, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const out = new (values.constructor as new (n: number) => T)(values.length);
  let at = 0;
  const walk = (depth: number, from: number): void => {
    if (depth === perm.length) {
      out[at++] = values[from]!;
      return;
    }
    const axis = perm[depth]!;
    for (let i = 0; i < shape[axis]!; i++) walk(depth + 1, from + i * strides[axis]!);
  };
  walk(0, 0);
  return out;
}

function permute4<T extends Float32Array | Int32Array | Uint8Array>(
  values: T,
  shape: readonly number[],
  perm: readonly number[],
): T {
  const strides = [shape[1]! * shape[2]! * shape[3]!, shape[2]! * shape[3]!, shape[3]!, 1];
  const [n0, n1, n2, n3] = perm.map((axis) => shape[axis]!) as [number, number, number, number];
  const [s0, s1, s2, s3] = perm.map((axis) => strides[axis]!) as [number, number, number, number];
  const out = new (values.constructor as new (n: number) => T)(values.length);
  let at = 0;
  for (let i = 0; i < n0; i++) {
    for (let j = 0; j < n1; j++) {
      for (let k = 0; k < n2; k++) {
        let from = i * s0 + j * s1 + k * s2;
        for (let l = 0; l < n3; l++, from += s3) out[at++] = values[from]!;
      }
    }
  }
  return out;
}

/** TF.js layout → stored layout; `shape` is the TF.js shape. Never returns the same array. */
export function toStored<T extends Float32Array | Int32Array>(values: T, shape: readonly number[]): T {
  return shape.length === 4 ? permute4(values, shape, STORED_FILTER_PERM) : (values.slice() as T);
}

/** Stored layout → TF.js layout; `shape` is the TF.js shape. Never returns the same array. */
export function fromStored<T extends Float32Array | Int32Array>(values: T, shape: readonly number[]): T {
  return shape.length === 4 ? permute4(values, storedShape(shape), FROM_STORED) : (values.slice() as T);
}
