/** uint8 images, NHWC, each `size`×`size`×`channels`. */
export interface BytePixels {
  readonly size: number;
  readonly channels: number;
  readonly count: number;
  readonly pixels: Uint8Array;
}

/** uint8 images, each `size`×`size`×`channels`, read by their index. */
export interface ImageReader {
  readonly size: number;
  readonly channels: number;
  readonly count: number;
  /**
   * The images at `indices`, in that order: uint8, NHWC [indices.length, size, size, channels], the caller's to keep.
   * Fails with a RangeError when an index is no image, with a MedganError when the bytes cannot be read or are damaged.
   */
  readonly read: (indices: ArrayLike<number>) => Promise<Uint8Array>;
}

/** Copies the images at `indices`. @throws RangeError when an index is no image. */
function gather({ size, channels, count, pixels }: BytePixels, indices: ArrayLike<number>): Uint8Array {
  const length = size * size * channels;
  const out = new Uint8Array(indices.length * length);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (!Number.isInteger(index) || index < 0 || index >= count)
      throw new RangeError(`no image ${index} among ${count}`);
    out.set(pixels.subarray(index * length, (index + 1) * length), i * length);
  }
  return out;
}

/** Reads images that are in memory. */
export function readerOf(images: BytePixels): ImageReader {
  const { size, channels, count } = images;
  // A wrong index rejects, as it does where a file is read.
  return { size, channels, count, read: async (indices) => Promise.resolve(gather(images, indices)) };
}

const UNIT = Float32Array.from({ length: 256 }, (_, value) => value / 127.5 - 1);

let pairs: Float64Array | undefined;

/** For every two neighbouring bytes their two values, as one number of 64 bits that is moved whole. Never NaN. */
function pairTable(): Float64Array {
  const bytes = new Uint8Array(Uint16Array.from({ length: 1 << 16 }, (_, pair) => pair).buffer);
  return new Float64Array(Float32Array.from(bytes, (value) => UNIT[value]!).buffer);
}

/**
 * uint8 → float32 in [−1, 1]: value / 127.5 − 1. Any layout; the order is kept. Without `out` a new array is made.
 * @throws RangeError when `out` has another length than `bytes`.
 */
export function normalise(bytes: Uint8Array, out = new Float32Array(bytes.length)): Float32Array {
  if (out.length !== bytes.length) {
    throw new RangeError(`${bytes.length} bytes do not fit ${out.length} values`);
  }
  let done = 0;
  if (bytes.byteOffset % 2 === 0 && out.byteOffset % 8 === 0) {
    // Two values at a time, four times in a row: half the time of one by one.
    const table = (pairs ??= pairTable());
    const eights = bytes.length >> 3;
    const from = new Uint16Array(bytes.buffer, bytes.byteOffset, 4 * eights);
    const to = new Float64Array(out.buffer, out.byteOffset, 4 * eights);
    for (let i = 0; i < from.length; i += 4) {
      to[i] = table[from[i]!]!;
      to[i + 1] = table[from[i + 1]!]!;
      to[i + 2] = table[from[i + 2]!]!;
      to[i + 3] = table[from[i + 3]!]!;
    }
    done = 8 * eights;
  }
  for (let i = done; i < bytes.length; i++) out[i] = UNIT[bytes[i]!]!;
  return out;
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
