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

export interface HaarPsiOptions extends ValueRangeOption {
  /** Whether the chromatic channels I and Q are compared too; grey images have none. Default true. */
  readonly chromatic?: boolean;
  /** Stabilises the similarities, as a share of L². Default 30 / 255². */
  readonly c?: number;
  /** Slope of the logistic function that stands for the visual system's response. Default 4.2. */
  readonly alpha?: number;
}

const inPhase: ColourWeights = [0.5969, -0.2746, -0.3213];
const quadrature: ColourWeights = [0.2115, -0.5227, 0.3112];

/** The coarsest Haar filter has 8 × 8 taps: 3 pixels before and 4 after the one it belongs to. */
const border = 4;

/** Why HaarPSI is not defined on images of this shape; undefined when it is. */
export function haarPsiRefuses(shape: MetricImageShape): string | undefined {
  return refuseShape(shape);
}

/** The planes of one image, and the 2 × 2 and 4 × 4 block sums that the coarser filters are made of. */
interface Detail {
  readonly y: Plane;
  readonly i: Plane;
  readonly q: Plane;
  readonly sum2: Plane;
  readonly sum4: Plane;
}

function createDetail(height: number, width: number): Detail {
  return {
    y: createPlane(height, width, border),
    i: createPlane(height, width, border),
    q: createPlane(height, width, border),
    sum2: createPlane(height, width, border),
    sum4: createPlane(height, width, border),
  };
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

/** A filter as its four quadrants: block sums at fixed distances from the pixel. */
interface Quadrants {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** Quadrants of the size × size filter, whose window starts size/2 − 1 before the pixel. */
function quadrants(size: number, stride: number): Quadrants {
  const before = 1 - size / 2;
  const after = before + size / 2;
  return {
    a: before * stride + before,
    b: before * stride + after,
    c: after * stride + before,
    d: after * stride + after,
  };
}

/** Weighted sum of similarities and sum of weights. */
interface Pooled {
  similarity: number;
  weight: number;
}

function createComparison(
  size: Plane,
  rule: { readonly c: number; readonly alpha: number; readonly chromatic: boolean },
): (x: Detail, y: Detail) => Pooled {
  const { height, width, stride, origin } = size;
  const { c, alpha, chromatic } = rule;
  const fine = quadrants(2, stride);
  const middle = quadrants(4, stride);
  const coarse = quadrants(8, stride);

  return (x, y) => {
    let similarity = 0;
    let weight = 0;
    for (let row = 0; row < height; row++) {
      const start = origin + row * stride;
      for (let at = start; at < start + width; at++) {
        const xs = x.y.data;
        const ys = y.y.data;
        let p = xs[at + fine.a]! - xs[at + fine.d]!;
        let q = xs[at + fine.c]! - xs[at + fine.b]!;
        // |a+c−b−d| and |a+b−c−d| from the two diagonals.
        const xFineH = Math.abs(p + q) / 2;
        const xFineV = Math.abs(p - q) / 2;
        p = ys[at + fine.a]! - ys[at + fine.d]!;
        q = ys[at + fine.c]! - ys[at + fine.b]!;
        const yFineH = Math.abs(p + q) / 2;
        const yFineV = Math.abs(p - q) / 2;

        const x2 = x.sum2.data;
        const y2 = y.sum2.data;
        p = x2[at + middle.a]! - x2[at + middle.d]!;
        q = x2[at + middle.c]! - x2[at + middle.b]!;
        const xMiddleH = Math.abs(p + q) / 4;
        const xMiddleV = Math.abs(p - q) / 4;
        p = y2[at + middle.a]! - y2[at + middle.d]!;
        q = y2[at + middle.c]! - y2[at + middle.b]!;
        const yMiddleH = Math.abs(p + q) / 4;
        const yMiddleV = Math.abs(p - q) / 4;

        const x4 = x.sum4.data;
        const y4 = y.sum4.data;
        p = x4[at + coarse.a]! - x4[at + coarse.d]!;
        q = x4[at + coarse.c]! - x4[at + coarse.b]!;
        const xCoarseH = Math.abs(p + q);
        const xCoarseV = Math.abs(p - q);
        p = y4[at + coarse.a]! - y4[at + coarse.d]!;
        q = y4[at + coarse.c]! - y4[at + coarse.b]!;
        const weightH = Math.max(xCoarseH, Math.abs(p + q)) / 8;
        const weightV = Math.max(xCoarseV, Math.abs(p - q)) / 8;

        const localH =
          ((2 * xFineH * yFineH + c) / (xFineH * xFineH + yFineH * yFineH + c) +
            (2 * xMiddleH * yMiddleH + c) / (xMiddleH * xMiddleH + yMiddleH * yMiddleH + c)) /
          2;
        const localV =
          ((2 * xFineV * yFineV + c) / (xFineV * xFineV + yFineV * yFineV + c) +
            (2 * xMiddleV * yMiddleV + c) / (xMiddleV * xMiddleV + yMiddleV * yMiddleV + c)) /
          2;
        similarity += weightH / (1 + Math.exp(-alpha * localH)) + weightV / (1 + Math.exp(-alpha * localV));
        weight += weightH + weightV;
        if (!chromatic) continue;

        const xi = meanOf2x2(x.i.data, at, stride);
        const yi = meanOf2x2(y.i.data, at, stride);
        const xq = meanOf2x2(x.q.data, at, stride);
        const yq = meanOf2x2(y.q.data, at, stride);
        const colour =
          ((2 * xi * yi + c) / (xi * xi + yi * yi + c) + (2 * xq * yq + c) / (xq * xq + yq * yq + c)) / 2;
        const weightC = (weightH + weightV) / 2;
        similarity += weightC / (1 + Math.exp(-alpha * colour));
        weight += weightC;
      }
    }
    return { similarity, weight };
  };
}

function meanOf2x2(data: Float32Array, at: number, stride: number): number {
  return Math.abs(data[at]! + data[at + 1]! + data[at + stride]! + data[at + stride + 1]!) / 4;
}

/**
 * Haar wavelet perceptual similarity index: local similarities of Haar responses at two fine scales (and of the
 * chromatic channels), sent through a logistic function, averaged under the weight of the coarse-scale responses, and
 * sent back and squared. Images are halved first, as the paper does.
 *
 * Higher is better; in [0, 1], 1 for equal images (two black images have no weights and count as equal). Symmetric.
 * Reference: Reisenhofer, Bosse, Kutyniok, Wiegand, "A Haar wavelet-based perceptual similarity index for image
 * quality assessment", 2018, https://arxiv.org/abs/1607.06140
 *
 * @param a NHWC batch in [0, L]
 * @param b NHWC batch of the same shape and range
 * @returns one value a pair
 */
export function haarPsi(a: MetricImages, b: MetricImages, options: HaarPsiOptions = {}): Float64Array {
  const { valueRange = 1, c = 30 / 255 ** 2, alpha = 4.2, chromatic = true } = options;
  checkPairs('haarpsi', { a, b }, { valueRange, refusal: haarPsiRefuses(a) });
  const coloured = chromatic && a.channels === 3;
  const full = createPlane(a.height, a.width, 0);
  const x = createDetail(pooledSize(a.height, 2), pooledSize(a.width, 2));
  const y = createDetail(x.y.height, x.y.width);
  const compare = createComparison(x.y, { c: c * valueRange * valueRange, alpha, chromatic: coloured });
  const load = (detail: Detail, images: MetricImages, index: number): void => {
    const fill = (plane: Plane, weights: ColourWeights): void => {
      fillColour(full, { images, index }, weights);
      averagePool(full, plane, 2);
    };
    fill(detail.y, luminance);
    sumBlocks(detail.y, detail.sum2, 1);
    sumBlocks(detail.sum2, detail.sum4, 2);
    if (!coloured) return;
    fill(detail.i, inPhase);
    fill(detail.q, quadrature);
  };
  return Float64Array.from({ length: a.count }, (_, index) => {
    load(x, a, index);
    load(y, b, index);
    const { similarity, weight } = compare(x, y);
    if (weight === 0) return 1;
    const mean = similarity / weight;
    return Math.min(1, (Math.log(mean / (1 - mean)) / alpha) ** 2);
  });
}
