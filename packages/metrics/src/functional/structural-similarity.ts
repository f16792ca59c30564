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

/**
 * Compares channels of one size again and again, without allocating: the rows that the window spans are kept in a ring,
 * filtered along the row, and each output row is then one pass down the ring.
 */
export function createSimilarity(rule: SimilarityRule): (x: Channel, y: Channel) => Similarity {
  const { height, width, window, c1, c2 } = rule;
  const taps = window.length;
  const half = taps >> 1;
  const odd = taps % 2 === 1;
  const outWidth = width - taps + 1;
  const outHeight = height - taps + 1;
  const ringStride = outWidth * moments;
  const row = new Float64Array(width * moments);
  const ring = new Float64Array(taps * ringStride);
  const starts = new Int32Array(taps);

  function loadRow(x: Channel, y: Channel, index: number): void {
    const xs = x.values;
    const ys = y.values;
    let xAt = x.start + index * x.rowStride;
    let yAt = y.start + index * y.rowStride;
    for (let to = 0; to < row.length; to += moments) {
      const p = xs[xAt]!;
      const q = ys[yAt]!;
      row[to] = p;
      row[to + 1] = q;
      row[to + 2] = p * p + q * q;
      row[to + 3] = p * q;
      xAt += x.step;
      yAt += y.step;
    }
  }

  function filterRow(slot: number): void {
    const base = slot * ringStride;
    for (let i = 0; i < ringStride; i += moments) {
      let m0 = 0;
      let m1 = 0;
      let m2 = 0;
      let m3 = 0;
      if (odd) {
        const tap = window[half]!;
        const at = i + half * moments;
        m0 = tap * row[at]!;
        m1 = tap * row[at + 1]!;
        m2 = tap * row[at + 2]!;
        m3 = tap * row[at + 3]!;
      }
      let near = i;
      let far = i + (taps - 1) * moments;
      for (let k = 0; k < half; k++) {
        const tap = window[k]!;
        m0 += tap * (row[near]! + row[far]!);
        m1 += tap * (row[near + 1]! + row[far + 1]!);
        m2 += tap * (row[near + 2]! + row[far + 2]!);
        m3 += tap * (row[near + 3]! + row[far + 3]!);
        near += moments;
        far -= moments;
      }
      ring[base + i] = m0;
      ring[base + i + 1] = m1;
      ring[base + i + 2] = m2;
      ring[base + i + 3] = m3;
    }
  }

  return (x, y) => {
    let ssim = 0;
    let contrast = 0;
    for (let index = 0; index < height; index++) {
      loadRow(x, y, index);
      filterRow(index % taps);
      if (index < taps - 1) continue;
      for (let k = 0; k < taps; k++) starts[k] = ((index + 1 + k) % taps) * ringStride;
      for (let i = 0; i < ringStride; i += moments) {
        let m0 = 0;
        let m1 = 0;
        let m2 = 0;
        let m3 = 0;
        if (odd) {
          const tap = window[half]!;
          const at = starts[half]! + i;
          m0 = tap * ring[at]!;
          m1 = tap * ring[at + 1]!;
          m2 = tap * ring[at + 2]!;
          m3 = tap * ring[at + 3]!;
        }
        for (let k = 0; k < half; k++) {
          const tap = window[k]!;
          const near = starts[k]! + i;
          const far = starts[taps - 1 - k]! + i;
          m0 += tap * (ring[near]! + ring[far]!);
          m1 += tap * (ring[near + 1]! + ring[far + 1]!);
          m2 += tap * (ring[near + 2]! + ring[far + 2]!);
          m3 += tap * (ring[near + 3]! + ring[far + 3]!);
        }
        const product = 2 * m0 * m1;
        const squares = m0 * m0 + m1 * m1;
        const cs = (2 * m3 - product + c2) / (m2 - squares + c2);
        contrast += cs;
        ssim += ((product + c1) / (squares + c1)) * cs;
      }
    }
    const positions = outWidth * outHeight;
    return { ssim: ssim / positions, contrast: contrast / positions };
  };
}
