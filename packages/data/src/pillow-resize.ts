/** uint8 image, NHWC without the N: shape [height, width, channels]. */
export interface ByteImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** Where the cropped square lies in the resized image, and how large that image would be. */
export interface ResizeGeometry {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

/** Python's `round`: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Geometry of torchvision's `Resize(size)` followed by `CenterCrop(size)`: the shorter side becomes `size`, the longer
 * one int(size · long / short), and the crop starts at round((side − size) / 2), halves to even.
 */
export function resizeGeometry(width: number, height: number, size: number): ResizeGeometry {
  const long = Math.trunc((size * Math.max(width, height)) / Math.min(width, height));
  const resized = width <= height ? { width: size, height: long } : { width: long, height: size };
  return {
    ...resized,
    left: roundHalfEven((resized.width - size) / 2),
    top: roundHalfEven((resized.height - size) / 2),
  };
}

/** Bits after the point in a weight: 32 less 8 for the sample and 2 to spare, as Pillow has it. */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

/** For each wanted output position: the first input position, how many there are, and their weights. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** Fixed-point weights, `stride` apart. */
  readonly weights: Int32Array;
  readonly stride: number;
}

interface Axis {
  readonly input: number;
  readonly output: number;
  /** First output position wanted. */
  readonly from: number;
  /** How many output positions are wanted. */
  readonly wanted: number;
}

/** Weights of a triangle of half-width max(1, input/output) input pixels: bilinear, antialiased when shrinking. */
function triangleTaps({ input, output, from, wanted }: Axis): Taps {
  const scale = input / output;
  const support = Math.max(1, scale);
  const inverse = 1 / support;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(wanted);
  const count = new Int32Array(wanted);
  const weights = new Int32Array(wanted * stride);
  const exact = new Float64Array(stride);
  for (let i = 0; i < wanted; i++) {
    const centre = (from + i + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(centre - support + 0.5));
    const taps = Math.min(input, Math.trunc(centre + support + 0.5)) - begin;
    let total = 0;
    for (let t = 0; t < taps; t++) {
      exact[t] = Math.max(0, 1 - Math.abs((t + begin - centre + 0.5) * inverse));
      total += exact[t]!;
    }
    for (let t = 0; t < taps; t++) {
      weights[i * stride + t] = Math.trunc(0.5 + (exact[t]! / total) * (1 << PRECISION_BITS));
    }
    first[i] = begin;
    count[i] = taps;
  }
  return { first, count, weights, stride };
}

/** The horizontal pass over grey input rows [top, top + count); gives uint8 [count, wanted]. */
function resizeGreyRows(image: ByteImage, taps: Taps, rows: { top: number; count: number }): Uint8Array {
  const { data, width } = image;
  const { first, count, weights, stride } = taps;
  const wanted = first.length;
  const out = new Uint8Array(rows.count * wanted);
  let o = 0;
  for (let y = 0; y < rows.count; y++) {
    const row = (rows.top + y) * width;
    for (let x = 0; x < wanted; x++) {
      let p = row + first[x]!;
      let sum = HALF;
      const end = x * stride + count[x]!;
      for (let w = x * stride; w < end; w++) sum = (sum + Math.imul(data[p++]!, weights[w]!)) | 0;
      out[o++] = sum >> PRECISION_BITS;
    }
  }
  return out;
}

/** As `resizeGreyRows` for RGB: three sums side by side, as a loop over channels would cost twice the time. */
function resizeColourRows(image: ByteImage, taps: Taps, rows: { top: number; count: number }): Uint8Array {
  const { data, width } = image;
  const { first, count, weights, stride } = taps;
  const wanted = first.length;
  const out = new Uint8Array(rows.count * wanted * 3);
  let o = 0;
  for (let y = 0; y < rows.count; y++) {
    const row = (rows.top + y) * width;
    for (let x = 0; x < wanted; x++) {
      let p = (row + first[x]!) * 3;
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      const end = x * stride + count[x]!;
      for (let w = x * stride; w < end; w++, p += 3) {
        const weight = weights[w]!;
        red = (red + Math.imul(data[p]!, weight)) | 0;
        green = (green + Math.imul(data[p + 1]!, weight)) | 0;
        blue = (blue + Math.imul(data[p + 2]!, weight)) | 0;
      }
      out[o] = red >> PRECISION_BITS;
      out[o + 1] = green >> PRECISION_BITS;
      out[o + 2] = blue >> PRECISION_BITS;
      o += 3;
    }
  }
  return out;
}

/** The vertical pass: `rows` is uint8 [·, rowLength] whose row 0 is input row `top`; fills `out`. */
function resizeColumns(rows: Uint8Array, taps: Taps, target: { top: number; out: Uint8Array }): void {
  const { first, count, weights, stride } = taps;
  const { top, out } = target;
  const rowLength = out.length / first.length;
  let o = 0;
  for (let y = 0; y < first.length; y++) {
    const begin = (first[y]! - top) * rowLength;
    const end = y * stride + count[y]!;
    for (let x = 0; x < rowLength; x++) {
      let p = begin + x;
      let sum = HALF;
      for (let w = y * stride; w < end; w++, p += rowLength)
        sum = (sum + Math.imul(rows[p]!, weights[w]!)) | 0;
      out[o++] = sum >> PRECISION_BITS;
    }
  }
}

/**
 * Resizes the shorter side to `size` (antialiased bilinear) and crops the centre, into `out`: uint8
 * [size, size, channels]. The same bytes as Pillow's `Image.resize(…, BILINEAR)` under torchvision's
 * `Resize(size)` and `CenterCrop(size)`: horizontal pass first, weights rounded to 22 bits, the result between the
 * passes rounded to 8 bits. Only the pixels of the crop are computed.
 */
export function resizeAndCrop(image: ByteImage, size: number, out: Uint8Array): void {
  const geometry = resizeGeometry(image.width, image.height, size);
  const across = triangleTaps({
    input: image.width,
    output: geometry.width,
    from: geometry.left,
    wanted: size,
  });
  const down = triangleTaps({
    input: image.height,
    output: geometry.height,
    from: geometry.top,
    wanted: size,
  });
  const top = down.first[0]!;
  const bottom = down.first[size - 1]! + down.count[size - 1]!;
  const resizeRows = image.channels === 1 ? resizeGreyRows : resizeColourRows;
  const rows = resizeRows(image, across, { top, count: bottom - top });
  resizeColumns(rows, down, { top, out });
}

/** RGB → luma as Pillow's `convert('L')` rounds it (ITU-R 601-2, 16-bit weights). */
export function toGrey(image: ByteImage): ByteImage {
  if (image.channels === 1) return image;
  const { data } = image;
  const grey = new Uint8Array(image.width * image.height);
  for (let i = 0, p = 0; i < grey.length; i++, p += 3) {
    grey[i] = (data[p]! * 19595 + data[p + 1]! * 38470 + data[p + 2]! * 7471 + 0x8000) >> 16;
  }
  return { width: image.width, height: image.height, channels: 1, data: grey };
}
