import type { MetricImages, MetricImageShape } from '@medgan/plugin-api';
import { checkPairs, refuseShape } from './image-pairs.ts';
import { averagePool, createPlane, pooledSize, type Plane } from './plane.ts';
import { similarityRule, ssimDefaults, type SsimOptions } from './ssim.ts';
import { createSimilarity, type Channel, type Similarity } from './structural-similarity.ts';

/** Options of MS-SSIM; their defaults are `msSsimDefaults`. */
export interface MsSsimOptions extends SsimOptions {
  /** Exponents of the scales, finest first. */
  readonly weights?: readonly number[];
}

/** The weights of Wang, Simoncelli and Bovik 2003, table 1; otherwise as SSIM. */
export const msSsimDefaults = {
  ...ssimDefaults,
  weights: [0.0448, 0.2856, 0.3001, 0.2363, 0.1333],
} as const satisfies Required<MsSsimOptions>;

/** Why MS-SSIM is not defined for images of this shape; undefined if it is. The defaults need 161 pixels per side. */
export function msSsimRefuses(shape: MetricImageShape, options: MsSsimOptions = {}): string | undefined {
  const { windowSize, weights } = { ...msSsimDefaults, ...options };
  const least = (windowSize - 1) * 2 ** (weights.length - 1) + 1;
  if (Math.min(shape.height, shape.width) < least) {
    return `${weights.length} scales under a window of ${windowSize} need ${least} pixels per side, not ${shape.height}×${shape.width}`;
  }
  return refuseShape(shape);
}

interface Scale {
  readonly x: Plane;
  readonly y: Plane;
  readonly compare: (x: Channel, y: Channel) => Similarity;
}

function scalesOf(shape: MetricImageShape, settings: Required<MsSsimOptions>): Scale[] {
  return settings.weights.map((_, scale) => {
    const height = pooledSize(shape.height, 2 ** scale);
    const width = pooledSize(shape.width, 2 ** scale);
    return {
      x: createPlane(height, width, 0),
      y: createPlane(height, width, 0),
      compare: createSimilarity(similarityRule({ height, width }, settings)),
    };
  });
}

function copyChannel(images: MetricImages, at: { index: number; channel: number }, plane: Plane): void {
  const { channels, values } = images;
  let from = at.index * plane.data.length * channels + at.channel;
  for (let to = 0; to < plane.data.length; to++) {
    plane.data[to] = values[from]!;
    from += channels;
  }
}

function asChannel(plane: Plane): Channel {
  return { values: plane.data, start: 0, rowStride: plane.stride, step: 1 };
}

/**
 * Multi-scale structural similarity. For each channel: the product over scales of the contrast-structure term (of SSIM
 * at the coarsest scale), each term clipped at 0 and raised to its weight. Then the mean over channels. Each scale
 * halves the previous one by averaging 2 × 2 pixels.
 *
 * Higher is better; in [0, 1], 1 exactly for equal images. Symmetric.
 * Reference: Wang, Simoncelli, Bovik, "Multiscale structural similarity for image quality assessment", 2003.
 *
 * @param a NHWC batch in [0, L]; at least 161 pixels per side with the default window and weights
 * @param b NHWC batch of the same shape and range
 * @returns one value per pair
 */
export function msSsim(a: MetricImages, b: MetricImages, options: MsSsimOptions = {}): Float64Array {
  const settings = { ...msSsimDefaults, ...options };
  const { valueRange, weights } = settings;
  checkPairs('ms-ssim', { a, b }, { valueRange, refusal: msSsimRefuses(a, options) });
  const scales = scalesOf(a, settings);
  const last = scales.length - 1;
  return Float64Array.from({ length: a.count }, (_, index) => {
    let sum = 0;
    for (let channel = 0; channel < a.channels; channel++) {
      copyChannel(a, { index, channel }, scales[0]!.x);
      copyChannel(b, { index, channel }, scales[0]!.y);
      let product = 1;
      scales.forEach(({ x, y, compare }, scale) => {
        const { ssim, contrast } = compare(asChannel(x), asChannel(y));
        product *= Math.max(0, scale === last ? ssim : contrast) ** weights[scale]!;
        const next = scales[scale + 1];
        if (!next) return;
        averagePool(x, next.x, 2);
        averagePool(y, next.y, 2);
      });
      sum += product;
    }
    return sum / a.channels;
  });
}
