/** uint8 images, NHWC, each `size`×`size`×`channels`. */
export interface BytePixels {
  readonly size: number;
  readonly channels: number;
  readonly count: number;
  readonly pixels: Uint8Array;
}

const UNIT = Float32Array.from({ length: 256 }, (_, value) => value / 127.5 - 1);

/**
 * Writes the images at `indices` into `out` as float32 in [−1, 1], NHWC [indices.length, size, size, channels]:
 * value / 127.5 − 1. `out` may be longer than the batch; the rest is left alone.
 * @throws RangeError when an index is not an image or `out` is too short.
 */
export function normaliseBatch(images: BytePixels, indices: ArrayLike<number>, out: Float32Array): void {
  const length = images.size * images.size * images.channels;
  if (out.length < indices.length * length) {
    throw new RangeError(
      `batch of ${indices.length} images needs ${indices.length * length} floats, got ${out.length}`,
    );
  }
  const { pixels } = images;
  let o = 0;
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (!Number.isInteger(index) || index < 0 || index >= images.count) {
      throw new RangeError(`no image ${index} among ${images.count}`);
    }
    const end = (index + 1) * length;
    for (let p = index * length; p < end; p++) out[o++] = UNIT[pixels[p]!]!;
  }
}

/**
 * The way back: float32 in [−1, 1] → uint8, rounded to the nearest, values outside clamped, NaN → 0. Any layout; the
 * order is kept. Without `out` a new array is made.
 * @throws RangeError when `out` has another length than `values`.
 */
export function denormalise(values: Float32Array, out = new Uint8Array(values.length)): Uint8Array {
  if (out.length !== values.length) {
    throw new RangeError(`${values.length} values do not fit ${out.length} bytes`);
  }
  for (let i = 0; i < values.length; i++) {
    const level = Math.floor((values[i]! + 1) * 127.5 + 0.5);
    out[i] = level > 0 ? Math.min(level, 255) : 0;
  }
  return out;
}
