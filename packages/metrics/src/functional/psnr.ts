import type { MetricImages, MetricImageShape } from '@medgan/plugin-api';
import { checkPairs, refuseShape, type ValueRangeOption } from './image-pairs.ts';

/** Options of PSNR; their defaults are `psnrDefaults`. */
export interface PsnrOptions extends ValueRangeOption {
  /** Added to the mean squared error, as a share of L², so that equal images have a finite value. */
  readonly epsilon?: number;
}

/** Equal images then have 80 dB. */
export const psnrDefaults = { valueRange: 1, epsilon: 1e-8 } as const satisfies Required<PsnrOptions>;

/** Why PSNR is not defined for images of this shape; undefined if it is. */
export function psnrRefuses(shape: MetricImageShape): string | undefined {
  return refuseShape(shape);
}

/**
 * Peak signal-to-noise ratio in dB, 10·log₁₀(L² / (MSE + ε·L²)), over all pixels and channels of a pair.
 *
 * Higher is better; in [0, 80] for ε = 1e-8, where 80 means equal images. Symmetric.
 * Reference: Huynh-Thu, Ghanbari, "Scope of validity of PSNR in image/video quality assessment", 2008.
 *
 * @param a NHWC batch in [0, L]
 * @param b NHWC batch of the same shape and range
 * @returns one value per pair
 */
export function psnr(a: MetricImages, b: MetricImages, options: PsnrOptions = {}): Float64Array {
  const { valueRange, epsilon } = { ...psnrDefaults, ...options };
  checkPairs('psnr', { a, b }, { valueRange, refusal: psnrRefuses(a) });
  const size = a.height * a.width * a.channels;
  return Float64Array.from({ length: a.count }, (_, pair) => {
    const error = squaredError(a.values, b.values, { start: pair * size, end: (pair + 1) * size }) / size;
    return -10 * Math.log10(error / (valueRange * valueRange) + epsilon);
  });
}

/** Sum of squared differences. Four independent sums, so that no addition waits for the previous one. */
function squaredError(x: Float32Array, y: Float32Array, part: { start: number; end: number }): number {
  const { start, end } = part;
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = start;
  for (const last = end - 3; i < last; i += 4) {
    const d0 = x[i]! - y[i]!;
    const d1 = x[i + 1]! - y[i + 1]!;
    const d2 = x[i + 2]! - y[i + 2]!;
    const d3 = x[i + 3]! - y[i + 3]!;
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (; i < end; i++) s0 += (x[i]! - y[i]!) ** 2;
  return s0 + s1 + s2 + s3;
}
