import type { MetricImages, MetricImageShape } from '@medgan/plugin-api';
import { gaussianWindow } from './gaussian-window.ts';
import { checkPairs, refuseShape, type ValueRangeOption } from './image-pairs.ts';
import { createSimilarity, type Channel } from './structural-similarity.ts';

export interface SsimOptions extends ValueRangeOption {
  /** Taps of the Gaussian window a side. Default 11. */
  readonly windowSize?: number;
  /** Standard deviation of the window in pixels. Default 1.5. */
  readonly sigma?: number;
  /** Stabilises the luminance term: C₁ = (k₁L)². Default 0.01. */
  readonly k1?: number;
  /** Stabilises the contrast term: C₂ = (k₂L)². Default 0.03. */
  readonly k2?: number;
}

/** Why SSIM is not defined on images of this shape; undefined when it is. */
export function ssimRefuses(shape: MetricImageShape, options: SsimOptions = {}): string | undefined {
  const { windowSize = 11 } = options;
  if (Math.min(shape.height, shape.width) < windowSize) {
    return `the window of ${windowSize} pixels does not fit into ${shape.height}×${shape.width}`;
  }
  return refuseShape(shape);
}

/** One channel of image `index` of a batch. */
function channelOf(images: MetricImages, index: number, channel: number): Channel {
  const { height, width, channels, values } = images;
  return {
    values,
    start: index * height * width * channels + channel,
    rowStride: width * channels,
    step: channels,
  };
}

/**
 * Structural similarity: the mean over window positions (no padding) and channels of
 * (2μₓμᵧ + C₁)(2σₓᵧ + C₂) / ((μₓ² + μᵧ² + C₁)(σₓ² + σᵧ² + C₂)), with moments under a Gaussian window.
 *
 * Higher is better; in [−1, 1], 1 exactly for equal images. Symmetric.
 * Reference: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural
 * similarity", 2004.
 *
 * @param a NHWC batch in [0, L], at least windowSize pixels a side
 * @param b NHWC batch of the same shape and range
 * @returns one value a pair
 */
export function ssim(a: MetricImages, b: MetricImages, options: SsimOptions = {}): Float64Array {
  const { valueRange = 1, windowSize = 11, sigma = 1.5, k1 = 0.01, k2 = 0.03 } = options;
  checkPairs('ssim', { a, b }, { valueRange, refusal: ssimRefuses(a, options) });
  const compare = createSimilarity({
    height: a.height,
    width: a.width,
    window: gaussianWindow(windowSize, sigma),
    c1: (k1 * valueRange) ** 2,
    c2: (k2 * valueRange) ** 2,
  });
  return Float64Array.from({ length: a.count }, (_, pair) => {
    let sum = 0;
    for (let channel = 0; channel < a.channels; channel++) {
      sum += compare(channelOf(a, pair, channel), channelOf(b, pair, channel)).ssim;
    }
    return sum / a.channels;
  });
}
