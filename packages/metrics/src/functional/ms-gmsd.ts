import type { MetricImages, MetricImageShape } from '@medgan/plugin-api';
import { createDeviation, gmsdDefaults, type GmsdOptions } from './gmsd.ts';
import { checkPairs, refuseShape } from './image-pairs.ts';
import { averagePool, createPlane, fillColour, luminance, pooledSize } from './plane.ts';

/** Options of MS-GMSD; their defaults are `msGmsdDefaults`. */
export interface MsGmsdOptions extends GmsdOptions {
  /** Weights of the scales, finest first. */
  readonly weights?: readonly number[];
}

/** The weights and the masking of Zhang, Sun and Shen 2017; otherwise as GMSD. */
export const msGmsdDefaults = {
  ...gmsdDefaults,
  alpha: 0.5,
  weights: [0.096, 0.596, 0.289, 0.019],
} as const satisfies Required<MsGmsdOptions>;

/** Why MS-GMSD is not defined for images of this shape; undefined if it is. */
export function msGmsdRefuses(shape: MetricImageShape, options: MsGmsdOptions = {}): string | undefined {
  const { weights } = { ...msGmsdDefaults, ...options };
  const factor = 2 ** (weights.length - 1);
  // A deviation needs two pixels, even at the coarsest scale.
  if (pooledSize(shape.height, factor) * pooledSize(shape.width, factor) < 2) {
    return `${weights.length} scales need more than ${factor} pixels along one side, not ${shape.height}×${shape.width}`;
  }
  return refuseShape(shape);
}

/**
 * Multi-scale gradient magnitude similarity deviation of the luminance: √(Σ wᵢ·GMSDᵢ²) over scales; each scale halves
 * the previous one.
 *
 * **Lower is better**: it is a deviation, and equal images give 0. (The original MedImageGAN's README calls 1 the best
 * value, which is wrong.) In [0, 1]. Symmetric.
 * Reference: Zhang, Sun, Shen, "Gradient magnitude similarity deviation on multiple scales for color image quality
 * assessment", 2017.
 *
 * @param a NHWC batch in [0, L]
 * @param b NHWC batch of the same shape and range
 * @returns one value per pair
 */
export function msGmsd(a: MetricImages, b: MetricImages, options: MsGmsdOptions = {}): Float64Array {
  const { valueRange, c, alpha, weights } = { ...msGmsdDefaults, ...options };
  checkPairs('ms-gmsd', { a, b }, { valueRange, refusal: msGmsdRefuses(a, options) });
  const scales = weights.map((weight, scale) => {
    const x = createPlane(pooledSize(a.height, 2 ** scale), pooledSize(a.width, 2 ** scale), 1);
    const y = createPlane(x.height, x.width, 1);
    return { weight, x, y, deviation: createDeviation(x, { c: c * valueRange * valueRange, alpha }) };
  });
  return Float64Array.from({ length: a.count }, (_, index) => {
    fillColour(scales[0]!.x, { images: a, index }, luminance);
    fillColour(scales[0]!.y, { images: b, index }, luminance);
    let sum = 0;
    scales.forEach(({ weight, x, y, deviation }, scale) => {
      sum += weight * deviation(x, y) ** 2;
      const next = scales[scale + 1];
      if (!next) return;
      averagePool(x, next.x, 2);
      averagePool(y, next.y, 2);
    });
    return Math.sqrt(sum);
  });
}
