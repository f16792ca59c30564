/** Where to find one channel: `values[start + row·rowStride + column·step]`. */
export interface Channel {
  readonly values: Float32Array;
  readonly start: number;
  readonly rowStride: number;
  readonly step: number;
}

/** Sizes and constants of a comparison. */
export interface SimilarityRule {
  readonly height: number;
  readonly width: number;
  /** Symmetric taps, applied along rows and columns. */
  readonly window: Float64Array;
  readonly c1: number;
  readonly c2: number;
}

/** Means over all window positions. */
export interface Similarity {
  /** Luminance, contrast and structure together. */
  readonly ssim: number;
  /** Contrast and structure alone. */
  readonly contrast: number;
}

/** What is smoothed for each pixel: x, y, x² + y², xy. SSIM needs the variances only in their sum. */
const moments = 4;

/** Terms of a filter worked out in one sweep: enough for the usual window of 11, of which 5 pairs and the middle are left. */
const termsAtOnce = 6;

/**
 * A symmetric filter as terms weight · (value at `near` + value at `far`), padded to full sweeps with weights of 0. The
 * middle of an odd window is a pair with itself of half the weight.
 */
interface Terms {
  readonly weights: Float64Array;
  readonly near: Int32Array;
  readonly far: Int32Array;
}

function createTerms(window: Float64Array): Terms {
  const count = Math.ceil(window.length / 2);
  const length = Math.ceil(count / termsAtOnce) * termsAtOnce;
  const weights = new Float64Array(length);
  for (let k = 0; k < count; k++) weights[k] = 2 * k === window.length - 1 ? window[k]! / 2 : window[k]!;
  return { weights, near: new Int32Array(length), far: new Int32Array(length) };
}

/** Lets tap k of the filter read `start(k)` further on than the value it makes. */
function placeTerms({ near, far }: Terms, taps: number, start: (tap: number) => number): void {
  for (let k = 0; 2 * k < taps; k++) {
    near[k] = start(k);
    far[k] = start(taps - 1 - k);
  }
}

/** Fills `to` with filtered values of `from`. */
function filter(from: Float64Array, to: Float64Array, { weights, near, far }: Terms): void {
  for (let t = 0; t < weights.length; t += termsAtOnce) {
    const w0 = weights[t]!;
    const w1 = weights[t + 1]!;
    const w2 = weights[t + 2]!;
    const w3 = weights[t + 3]!;
    const w4 = weights[t + 4]!;
    const w5 = weights[t + 5]!;
    const n0 = near[t]!;
    const n1 = near[t + 1]!;
    const n2 = near[t + 2]!;
    const n3 = near[t + 3]!;
    const n4 = near[t + 4]!;
    const n5 = near[t + 5]!;
    const f0 = far[t]!;
    const f1 = far[t + 1]!;
    const f2 = far[t + 2]!;
    const f3 = far[t + 3]!;
    const f4 = far[t + 4]!;
    const f5 = far[t + 5]!;
    for (let i = 0; i < to.length; i++) {
      const sum =
        w0 * (from[n0 + i]! + from[f0 + i]!) +
        w1 * (from[n1 + i]! + from[f1 + i]!) +
        w2 * (from[n2 + i]! + from[f2 + i]!) +
        w3 * (from[n3 + i]! + from[f3 + i]!) +
        w4 * (from[n4 + i]! + from[f4 + i]!) +
        w5 * (from[n5 + i]! + from[f5 + i]!);
      to[i] = t === 0 ? sum : to[i]! + sum;
    }
  }
}

/** Fills `row` with the moments of row `index` of both channels. */
function loadRow(row: Float64Array, pair: { readonly x: Channel; readonly y: Channel }, index: number): void {
  const { values: xs, step: xStep } = pair.x;
  const { values: ys, step: yStep } = pair.y;
  let xAt = pair.x.start + index * pair.x.rowStride;
  let yAt = pair.y.start + index * pair.y.rowStride;
  for (let to = 0; to < row.length; to += moments) {
    const p = xs[xAt]!;
    const q = ys[yAt]!;
    row[to] = p;
    row[to + 1] = q;
    row[to + 2] = p * p + q * q;
    row[to + 3] = p * q;
    xAt += xStep;
    yAt += yStep;
  }
}

/** Adds the similarities of one row of window positions to `sums`: SSIM, then contrast. */
function addSimilarities(smoothed: Float64Array, rule: SimilarityRule, sums: Float64Array): void {
  const { c1, c2 } = rule;
  let ssim = 0;
  let contrast = 0;
  for (let i = 0; i < smoothed.length; i += moments) {
    const x = smoothed[i]!;
    const y = smoothed[i + 1]!;
    const product = 2 * x * y;
    const squares = x * x + y * y;
    const cs = (2 * smoothed[i + 3]! - product + c2) / (smoothed[i + 2]! - squares + c2);
    contrast += cs;
    ssim += ((product + c1) / (squares + c1)) * cs;
  }
  sums[0]! += ssim;
  sums[1]! += contrast;
}

/**
 * Compares channels of one size again and again, without allocating: the rows that the window spans are kept in a ring,
 * filtered along the row, and each row of window positions is then one pass down the ring. The loops are functions of
 * their own, twice as fast as closures over the buffers.
 */
export function createSimilarity(rule: SimilarityRule): (x: Channel, y: Channel) => Similarity {
  const { height, width, window } = rule;
  const taps = window.length;
  const outWidth = width - taps + 1;
  const positions = outWidth * (height - taps + 1);
  const stride = outWidth * moments;
  const row = new Float64Array(width * moments);
  const ring = new Float64Array(taps * stride);
  const slots = Array.from({ length: taps }, (_, slot) => ring.subarray(slot * stride, (slot + 1) * stride));
  const smoothed = new Float64Array(stride);
  const sums = new Float64Array(2);
  const along = createTerms(window);
  placeTerms(along, taps, (tap) => tap * moments);
  const down = createTerms(window);
  return (x, y) => {
    const pair = { x, y };
    sums.fill(0);
    for (let index = 0; index < height; index++) {
      loadRow(row, pair, index);
      filter(row, slots[index % taps]!, along);
      if (index < taps - 1) continue;
      placeTerms(down, taps, (tap) => ((index + 1 + tap) % taps) * stride);
      filter(ring, smoothed, down);
      addSimilarities(smoothed, rule, sums);
    }
    return { ssim: sums[0]! / positions, contrast: sums[1]! / positions };
  };
}
