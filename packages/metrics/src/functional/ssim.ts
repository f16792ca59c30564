import type { MetricImages, MetricImageShape } from '@medgan/plugin-api';
import { gaussianWindow } from './gaussian-window.ts';
import { checkPairs, refuseShape, type ValueRangeOption } from './image-pairs.ts';
import { createSimilarity, type Channel, type SimilarityRule } from './structural-similarity.ts';

/** Options of SSIM; their defaults are `ssimDefaults`. */
export interface SsimOptions extends ValueRangeOption {
  /** Taps per side of the Gaussian window. */
  readonly windowSize?: number;
  /** Standard deviation of the window, in pixels. */
  readonly sigma?: number;
  /** Stabilises the luminance term: C₁ = (k₁L)². */
  readonly k1?: number;
  /** Stabilises the contrast term: C₂ = (k₂L)². */
  readonly k2?: number;
}

/** The options of Wang et al. 2004. */
export const ssimDefaults = {
  valueRange: 1,
  windowSize: 11,
  sigma: 1.5,
  k1: 0.01,
  k2: 0.03,
} as const satisfies Required<SsimOptions>;

/**
 * Structural similarity: the mean over window positions (no padding) and channels of
 * (2μₓμᵧ + C₁)(2σₓᵧ + C₂) / ((μₓ² + μᵧ² + C₁)(σₓ² + σᵧ² + C₂)), with moments under a Gaussian window.
 *
 * Higher is better; in [−1, 1], 1 exactly for equal images. Symmetric.
 * Reference: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural
 * similarity", 2004.
 *
 * @param a NHWC batch in [0, L], at least `windowSize` pixels per side
 * @param b NHWC batch of the same shape and range
 * @returns one value per pair
 */
export function ssim(a: MetricImages, b: MetricImages, options: SsimOptions = {}): Float64Array {
  const settings = { ...ssimDefaults, ...options };
  checkPairs('ssim', { a, b }, { valueRange: settings.valueRange, refusal: ssimRefuses(a, options) });
  const compare = createSimilarity(similarityRule(a, settings));
  return Float64Array.from({ length: a.count }, (_, pair) => {
    let sum = 0;
    for (let channel = 0; channel < a.channels; channel++) {
      sum += compare(channelOf(a, pair, channel), channelOf(b, pair, channel)).ssim;
    }
    return sum / a.channels;
  });
}

/** Why SSIM is not defined for images of this shape; undefined if it is. */
export function ssimRefuses(shape: MetricImageShape, options: SsimOptions = {}): string | undefined {
  const { windowSize = ssimDefaults.windowSize } = options;
  if (Math.min(shape.height, shape.width) < windowSize) {
    return `the window of ${windowSize} pixels does not fit into ${shape.height}×${shape.width}`;
  }
  return refuseShape(shape);
}

/** Window and constants for images of `size` pixels. */
export function similarityRule(
  { height, width }: { readonly height: number; readonly width: number },
  { valueRange, windowSize, sigma, k1, k2 }: Required<SsimOptions>,
): SimilarityRule {
  const [c1, c2] = [(k1 * valueRange) ** 2, (k2 * valueRange) ** 2];
  return { height, width, window: gaussianWindow(windowSize, sigma), c1, c2 };
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
