import type { MetricImages, MetricImageShape } from '@medgan/plugin-api';
import { checkPairs, refuseShape, type ValueRangeOption } from './image-pairs.ts';
import {
  averagePool,
  createPlane,
  fillColour,
  luminance,
  pooledSize,
  type ColourWeights,
  type Plane,
} from './plane.ts';

/** Options of HaarPSI; their defaults are `haarPsiDefaults`. */
export interface HaarPsiOptions extends ValueRangeOption {
  /** Whether to compare the chromatic channels I and Q too; grey images have none. */
  readonly chromatic?: boolean;
  /** Stabilises the similarities, as a share of L². */
  readonly c?: number;
  /** Slope of the logistic function, a model of the visual system's response. */
  readonly alpha?: number;
}

/** The constants of Reisenhofer et al. 2018, who compare images in [0, 255]. */
export const haarPsiDefaults = {
  valueRange: 1,
  chromatic: true,
  c: 30 / 255 ** 2,
  alpha: 4.2,
} as const satisfies Required<HaarPsiOptions>;

/**
 * Haar wavelet perceptual similarity index: local similarities of Haar responses at two fine scales, and of the
 * chromatic channels, are mapped by a logistic function and averaged with the coarse-scale responses as weights; the
 * average is mapped back and squared. As in the paper, images are halved first.
 *
 * Higher is better; in [0, 1], 1 for equal images, and for two black images, whose weights are all 0. Symmetric.
 * Reference: Reisenhofer, Bosse, Kutyniok, Wiegand, "A Haar wavelet-based perceptual similarity index for image
 * quality assessment", 2018, https://arxiv.org/abs/1607.06140
 *
 * @param a NHWC batch in [0, L]
 * @param b NHWC batch of the same shape and range
 * @returns one value per pair
 */
export function haarPsi(a: MetricImages, b: MetricImages, options: HaarPsiOptions = {}): Float64Array {
  const { valueRange, c, alpha, chromatic } = { ...haarPsiDefaults, ...options };
  checkPairs('haarpsi', { a, b }, { valueRange, refusal: haarPsiRefuses(a) });
  const coloured = chromatic && a.channels === 3;
  const full = createPlane(a.height, a.width, 0);
  const x = createDetail(pooledSize(a.height, 2), pooledSize(a.width, 2));
  const y = createDetail(x.luma.height, x.luma.width);
  const compare = createComparison(x.luma, { c: c * valueRange * valueRange, alpha, chromatic: coloured });
  const load = (detail: Detail, images: MetricImages, index: number): void => {
    const fill = (plane: Plane, weights: ColourWeights): void => {
      fillColour(full, { images, index }, weights);
      averagePool(full, plane, 2);
    };
    fill(detail.luma, luminance);
    sumBlocks(detail.luma, detail.sums2, 1);
    sumBlocks(detail.sums2, detail.sums4, 2);
    if (!coloured) return;
    fill(detail.inPhase, inPhase);
    fill(detail.quadrature, quadrature);
  };
  return Float64Array.from({ length: a.count }, (_, index) => {
    load(x, a, index);
    load(y, b, index);
    const { similarity, weight } = compare(x, y);
    if (weight === 0) return 1;
    return Math.min(1, inverseLogistic(similarity / weight, alpha) ** 2);
  });
}

/** Weights of R, G and B in the chromatic channels of YIQ. */
const inPhase: ColourWeights = [0.5969, -0.2746, -0.3213];
const quadrature: ColourWeights = [0.2115, -0.5227, 0.3112];

/** The coarsest filter covers 8 × 8 pixels: 3 before its own pixel and 4 after it. */
const border = 4;

/** Why HaarPSI is not defined for images of this shape; undefined if it is. */
export function haarPsiRefuses(shape: MetricImageShape): string | undefined {
  return refuseShape(shape);
}

/** What is compared of an image: its YIQ planes, and sums of 2 × 2 and 4 × 4 pixels of luma for the larger filters. */
interface Detail {
  readonly luma: Plane;
  readonly inPhase: Plane;
  readonly quadrature: Plane;
  readonly sums2: Plane;
  readonly sums4: Plane;
}

function createDetail(height: number, width: number): Detail {
  const plane = (): Plane => createPlane(height, width, border);
  return { luma: plane(), inPhase: plane(), quadrature: plane(), sums2: plane(), sums4: plane() };
}

/** Sums of 2 × 2 values `apart` from each other, each stored at its top left value, border included. */
function sumBlocks(from: Plane, to: Plane, apart: number): void {
  const { stride, data } = from;
  const down = apart * stride;
  const last = data.length - down - apart;
  for (let at = 0; at < last; at++) {
    to.data[at] = data[at]! + data[at + apart]! + data[at + down]! + data[at + down + apart]!;
  }
}

/** A Haar filter: where the sums of its four quadrants are stored, relative to its pixel, and its scale. */
interface HaarFilter {
  readonly topLeft: number;
  readonly topRight: number;
  readonly bottomLeft: number;
  readonly bottomRight: number;
  /** Factor of a response: 1 / side of the filter. */
  readonly scale: number;
}

/** @param stride distance of two rows of a plane */
function createHaarFilter(side: number, stride: number): HaarFilter {
  const before = 1 - side / 2;
  const after = 1;
  return {
    topLeft: before * stride + before,
    topRight: before * stride + after,
    bottomLeft: after * stride + before,
    bottomRight: after * stride + after,
    scale: 1 / side,
  };
}

/** |left half − right half| / side: the response to vertical edges. */
function acrossResponse(sums: Float32Array, at: number, filter: HaarFilter): number {
  const diagonal = sums[at + filter.topLeft]! - sums[at + filter.bottomRight]!;
  const antidiagonal = sums[at + filter.bottomLeft]! - sums[at + filter.topRight]!;
  return Math.abs(diagonal + antidiagonal) * filter.scale;
}

/** |top half − bottom half| / side: the response to horizontal edges. */
function downResponse(sums: Float32Array, at: number, filter: HaarFilter): number {
  const diagonal = sums[at + filter.topLeft]! - sums[at + filter.bottomRight]!;
  const antidiagonal = sums[at + filter.bottomLeft]! - sums[at + filter.topRight]!;
  return Math.abs(diagonal - antidiagonal) * filter.scale;
}

/** Magnitude of the mean of 2 × 2 values. */
function meanOf2x2(data: Float32Array, at: number, stride: number): number {
  return Math.abs(data[at]! + data[at + 1]! + data[at + stride]! + data[at + stride + 1]!) / 4;
}

/** Similarity of two magnitudes; 1 if they are equal. */
function similarity(x: number, y: number, c: number): number {
  return (2 * x * y + c) / (x * x + y * y + c);
}

const logistic = (value: number, slope: number): number => 1 / (1 + Math.exp(-slope * value));
const inverseLogistic = (value: number, slope: number): number => Math.log(value / (1 - value)) / slope;

/** Weighted sum of mapped similarities, and the sum of the weights. */
interface WeightedSum {
  readonly similarity: number;
  readonly weight: number;
}

function createComparison(
  size: Plane,
  rule: { readonly c: number; readonly alpha: number; readonly chromatic: boolean },
): (x: Detail, y: Detail) => WeightedSum {
  const { height, width, stride, origin } = size;
  const { c, alpha, chromatic } = rule;
  const fine = createHaarFilter(2, stride);
  const middle = createHaarFilter(4, stride);
  const coarse = createHaarFilter(8, stride);

  return (x, y) => {
    const [x1, x2, x4] = [x.luma.data, x.sums2.data, x.sums4.data];
    const [y1, y2, y4] = [y.luma.data, y.sums2.data, y.sums4.data];
    let mapped = 0;
    let weights = 0;
    for (let row = 0; row < height; row++) {
      const start = origin + row * stride;
      for (let at = start; at < start + width; at++) {
        const across =
          (similarity(acrossResponse(x1, at, fine), acrossResponse(y1, at, fine), c) +
            similarity(acrossResponse(x2, at, middle), acrossResponse(y2, at, middle), c)) /
          2;
        const down =
          (similarity(downResponse(x1, at, fine), downResponse(y1, at, fine), c) +
            similarity(downResponse(x2, at, middle), downResponse(y2, at, middle), c)) /
          2;
        const acrossWeight = Math.max(acrossResponse(x4, at, coarse), acrossResponse(y4, at, coarse));
        const downWeight = Math.max(downResponse(x4, at, coarse), downResponse(y4, at, coarse));
        mapped += acrossWeight * logistic(across, alpha) + downWeight * logistic(down, alpha);
        weights += acrossWeight + downWeight;
        if (!chromatic) continue;

        const xi = meanOf2x2(x.inPhase.data, at, stride);
        const yi = meanOf2x2(y.inPhase.data, at, stride);
        const xq = meanOf2x2(x.quadrature.data, at, stride);
        const yq = meanOf2x2(y.quadrature.data, at, stride);
        const colour = (similarity(xi, yi, c) + similarity(xq, yq, c)) / 2;
        const colourWeight = (acrossWeight + downWeight) / 2;
        mapped += colourWeight * logistic(colour, alpha);
        weights += colourWeight;
      }
    }
    return { similarity: mapped, weight: weights };
  };
}
