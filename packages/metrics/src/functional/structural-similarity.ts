import { applyFilter, createSymmetricFilter, placeTaps } from './symmetric-filter.ts';

/** One channel of an image: `values[start + row·rowStride + column·step]`. */
export interface Channel {
  readonly values: Float32Array;
  readonly start: number;
  readonly rowStride: number;
  readonly step: number;
}

/** Image size in pixels, window and constants of a comparison. */
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

/** Moments kept per window position: E[x], E[y], E[x² + y²], E[xy]. SSIM needs only the sum of the variances. */
const moments = 4;

/**
 * SSIM and its contrast-structure term at each window position of a row, added to `sums` as [SSIM, contrast]:
 *
 *     luminance = (2·E[x]·E[y] + C₁) / (E[x]² + E[y]² + C₁)
 *     contrast  = (2·cov(x, y) + C₂) / (var(x) + var(y) + C₂)
 *     SSIM      = luminance · contrast
 */
function addSimilarities(windows: Float64Array, { c1, c2 }: SimilarityRule, sums: Float64Array): void {
  let ssim = 0;
  let contrast = 0;
  for (let i = 0; i < windows.length; i += moments) {
    const meanX = windows[i]!;
    const meanY = windows[i + 1]!;
    const twiceMeanProduct = 2 * meanX * meanY;
    const meanSquares = meanX * meanX + meanY * meanY;
    const twiceCovariance = 2 * windows[i + 3]! - twiceMeanProduct;
    const variances = windows[i + 2]! - meanSquares;
    const contrastHere = (twiceCovariance + c2) / (variances + c2);
    contrast += contrastHere;
    ssim += ((twiceMeanProduct + c1) / (meanSquares + c1)) * contrastHere;
  }
  sums[0]! += ssim;
  sums[1]! += contrast;
}

/** Fills `row` with x, y, x² + y² and xy of each pixel of row `index`. */
function loadRow(row: Float64Array, pair: { readonly x: Channel; readonly y: Channel }, index: number): void {
  const { values: xs, step: xStep } = pair.x;
  const { values: ys, step: yStep } = pair.y;
  let xAt = pair.x.start + index * pair.x.rowStride;
  let yAt = pair.y.start + index * pair.y.rowStride;
  for (let to = 0; to < row.length; to += moments) {
    const x = xs[xAt]!;
    const y = ys[yAt]!;
    row[to] = x;
    row[to + 1] = y;
    row[to + 2] = x * x + y * y;
    row[to + 3] = x * y;
    xAt += xStep;
    yAt += yStep;
  }
}

/**
 * Makes a function that compares channels of one size any number of times without allocating. The rows under the window
 * are kept in a ring, filtered along the row; filtering down the ring then gives one row of window positions. The inner
 * loops are functions of their own because V8 runs them twice as fast as closures over the buffers.
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
  const windows = new Float64Array(stride);
  const sums = new Float64Array(2);
  const alongRow = createSymmetricFilter(window);
  placeTaps(alongRow, (tap) => tap * moments);
  const downRing = createSymmetricFilter(window);
  return (x, y) => {
    const pair = { x, y };
    sums.fill(0);
    for (let index = 0; index < height; index++) {
      loadRow(row, pair, index);
      applyFilter(row, slots[index % taps]!, alongRow);
      if (index < taps - 1) continue;
      placeTaps(downRing, (tap) => ((index + 1 + tap) % taps) * stride);
      applyFilter(ring, windows, downRing);
      addSimilarities(windows, rule, sums);
    }
    return { ssim: sums[0]! / positions, contrast: sums[1]! / positions };
  };
}
