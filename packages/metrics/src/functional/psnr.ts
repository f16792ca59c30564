import type { MetricImages, MetricImageShape } from '@medgan/plugin-api';
import { checkPairs, refuseShape, type ValueRangeOption } from './image-pairs.ts';

export interface PsnrOptions extends ValueRangeOption {
  /** Added to the mean squared error, as a share of L², so that equal images have a value. Default 1e-8 (80 dB). */
  readonly epsilon?: number;
}

/** Why PSNR is not defined on images of this shape; undefined when it is. */
export function psnrRefuses(shape: MetricImageShape): string | undefined {
  return refuseShape(shape);
}

/**
 * Peak signal-to-noise ratio in dB, 10·log₁₀(L² / (MSE + ε·L²)), over all pixels and channels of a pair.
 *
 * Higher is better; in [0, 80] for ε = 1e-8, where 80 means equal images. Symmetric.
 * Reference: Huynh-Thu, Ghanbari, "Scope of validity of PSNR in image/video quality assessment", 2008.
 *
 * @param a, b NHWC batches of equal shape in [0, L]
 * @returns one value a pair
 */
export function psnr(a: MetricImages, b: MetricImages, options: PsnrOptions = {}): Float64Array {
  const { valueRange = 1, epsilon = 1e-8 } = options;
  checkPairs('psnr', { a, b }, { valueRange, refusal: psnrRefuses(a) });
  const size = a.height * a.width * a.channels;
  const x = a.values;
  const y = b.values;
  return Float64Array.from({ length: a.count }, (_, pair) => {
    const end = (pair + 1) * size;
    let sum = 0;
    for (let i = pair * size; i < end; i++) {
      const difference = x[i]! - y[i]!;
      sum += difference * difference;
    }
    return -10 * Math.log10(sum / size / (valueRange * valueRange) + epsilon);
  });
}
