import type { MetricImages, MetricImageShape } from '@medgan/plugin-api';
import { squaredPrewitt } from './gradient.ts';
import { checkPairs, refuseShape, type ValueRangeOption } from './image-pairs.ts';
import { averagePool, createPlane, fillColour, luminance, pooledSize, type Plane } from './plane.ts';

/** Options of GMSD; their defaults are `gmsdDefaults`. */
export interface GmsdOptions extends ValueRangeOption {
  /** Stabilises the similarity, as a share of L². */
  readonly c?: number;
  /** Masking of equal gradients (α of MS-GMSD); 0 gives the similarity of the GMSD paper. */
  readonly alpha?: number;
}

/** The constants of Xue et al. 2013, who compare images in [0, 255]. */
export const gmsdDefaults = {
  valueRange: 1,
  c: 170 / 255 ** 2,
  alpha: 0,
} as const satisfies Required<GmsdOptions>;

/** Why GMSD is not defined for images of this shape; undefined if it is. */
export function gmsdRefuses(shape: MetricImageShape): string | undefined {
  // A deviation needs two pixels after halving.
  if (pooledSize(shape.height, 2) * pooledSize(shape.width, 2) < 2) {
    return `needs more than 2 pixels along one side, not ${shape.height}×${shape.width}`;
  }
  return refuseShape(shape);
}

/** Makes a function that gives the sample standard deviation of the gradient magnitude similarity of two planes. */
export function createDeviation(
  size: { readonly height: number; readonly width: number },
  constants: { readonly c: number; readonly alpha: number },
): (x: Plane, y: Plane) => number {
  const pixels = size.height * size.width;
  const gx = new Float32Array(pixels);
  const gy = new Float32Array(pixels);
  const { c, alpha } = constants;
  return (x, y) => {
    squaredPrewitt(x, gx);
    squaredPrewitt(y, gy);
    // Sums 1 − similarity, which is exactly 0 for equal images.
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < pixels; i++) {
      const p = gx[i]!;
      const q = gy[i]!;
      const product = Math.sqrt(p * q);
      const total = p + q;
      const below1 = (total - 2 * product) / (total - alpha * product + c);
      sum += below1;
      squares += below1 * below1;
    }
    return Math.sqrt(Math.max(0, squares - (sum * sum) / pixels) / (pixels - 1));
  };
}

/**
 * Gradient magnitude similarity deviation: the sample standard deviation over pixels of
 * ((2 − α)·gₓgᵧ + C) / (gₓ² + gᵧ² − α·gₓgᵧ + C), where g is the Prewitt gradient magnitude of the luminance at half size.
 *
 * **Lower is better**; 0 for equal images; in [0, 1]. Symmetric.
 * Reference: Xue, Zhang, Mou, Bovik, "Gradient Magnitude Similarity Deviation", 2013, https://arxiv.org/abs/1308.3052
 *
 * @param a NHWC batch in [0, L]
 * @param b NHWC batch of the same shape and range
 * @returns one value per pair
 */
export function gmsd(a: MetricImages, b: MetricImages, options: GmsdOptions = {}): Float64Array {
  const { valueRange, c, alpha } = { ...gmsdDefaults, ...options };
  checkPairs('gmsd', { a, b }, { valueRange, refusal: gmsdRefuses(a) });
  const full = createPlane(a.height, a.width, 0);
  const x = createPlane(pooledSize(a.height, 2), pooledSize(a.width, 2), 1);
  const y = createPlane(x.height, x.width, 1);
  const deviation = createDeviation(x, { c: c * valueRange * valueRange, alpha });
  return Float64Array.from({ length: a.count }, (_, index) => {
    fillColour(full, { images: a, index }, luminance);
    averagePool(full, x, 2);
    fillColour(full, { images: b, index }, luminance);
    averagePool(full, y, 2);
    return deviation(x, y);
  });
}
