import type { MetricImages, MetricImageShape } from '@medgan/plugin-api';
import { createDeviation, gradientConstant, type GmsdOptions } from './gmsd.ts';
import { checkPairs, refuseShape } from './image-pairs.ts';
import { averagePool, createPlane, fillColour, luminance, pooledSize } from './plane.ts';

export interface MsGmsdOptions extends GmsdOptions {
  /** Masking of equal gradients. Default 0.5. */
  readonly alpha?: number;
  /** Weights of the scales, finest first. Default 0.096, 0.596, 0.289, 0.019. */
  readonly weights?: readonly number[];
}

export const msGmsdWeights: readonly number[] = [0.096, 0.596, 0.289, 0.019];

/** Why MS-GMSD is not defined on images of this shape; undefined when it is. */
export function msGmsdRefuses(shape: MetricImageShape, options: MsGmsdOptions = {}): string | undefined {
  const { weights = msGmsdWeights } = options;
  const factor = 2 ** (weights.length - 1);
  // A deviation needs two pixels, also at the coarsest scale.
  if (pooledSize(shape.height, factor) * pooledSize(shape.width, factor) < 2) {
    return `${weights.length} scales need more than ${factor} pixels along one side, not ${shape.height}×${shape.width}`;
  }
  return refuseShape(shape);
}

/**
 * Multi-scale gradient magnitude similarity deviation of the luminance: √(Σ wᵢ·GMSDᵢ²) over scales, each halving the
 * one before it.
 *
 * **Lower is better**: it is a deviation, and equal images give 0. (The original MedImageGAN's README calls 1 the best
 * value, which is wrong.) In [0, 1]. Symmetric.
 * Reference: Zhang, Sun, Shen, "Gradient magnitude similarity deviation on multiple scales for color image quality
 * assessment", 2017.
 *
 * @param a NHWC batch in [0, L]
 * @param b NHWC batch of the same shape and range
 * @returns one value a pair
 */
export function msGmsd(a: MetricImages, b: MetricImages, options: MsGmsdOptions = {}): Float64Array {
  const { valueRange = 1, c = gradientConstant, alpha = 0.5, weights = msGmsdWeights } = options;
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
