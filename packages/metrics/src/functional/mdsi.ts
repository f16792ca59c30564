import type { MetricImages, MetricImageShape } from '@medgan/plugin-api';
import { squaredPrewitt } from './gradient.ts';
import { checkPairs, refuseShape, type ValueRangeOption } from './image-pairs.ts';
import { averagePool, createPlane, fillColour, pooledSize, type ColourWeights, type Plane } from './plane.ts';

/** Options of MDSI; their defaults are `mdsiDefaults`. */
export interface MdsiOptions extends ValueRangeOption {
  /** How gradient and chromaticity similarity are joined. */
  readonly combination?: 'sum' | 'prod';
  /** Stabilises the gradient similarity of x and y, as a share of L². */
  readonly c1?: number;
  /** Stabilises the gradient similarity of x or y and their mean, as a share of L². */
  readonly c2?: number;
  /** Stabilises the chromaticity similarity, as a share of L². */
  readonly c3?: number;
  /** `sum`: weight of the gradient similarity. */
  readonly alpha?: number;
  /** `prod`: exponent of the chromaticity similarity. */
  readonly beta?: number;
  /** `prod`: exponent of the gradient similarity. */
  readonly gamma?: number;
  /** Order of the deviation. */
  readonly rho?: number;
  /** Power of the similarity before pooling. */
  readonly q?: number;
  /** Power of the deviation. */
  readonly o?: number;
}

/** The constants of Nafchi et al. 2016, who compare images in [0, 255]. */
export const mdsiDefaults: Required<MdsiOptions> = {
  valueRange: 1,
  combination: 'sum',
  c1: 140 / 255 ** 2,
  c2: 55 / 255 ** 2,
  c3: 550 / 255 ** 2,
  alpha: 0.6,
  beta: 0.1,
  gamma: 0.2,
  rho: 1,
  q: 0.25,
  o: 0.25,
};

/** Lightness and the two opponent channels of the MDSI paper. */
const lightness: ColourWeights = [0.2989, 0.587, 0.114];
const opponentH: ColourWeights = [0.3, 0.04, -0.35];
const opponentM: ColourWeights = [0.34, -0.6, 0.17];
/** The weight of a grey image, read as three equal channels, in a colour. */
const greyShare = ([red, green, blue]: ColourWeights): number => red + green + blue;

/** Why MDSI is not defined for images of this shape; undefined if it is. */
export function mdsiRefuses(shape: MetricImageShape): string | undefined {
  if (shape.height * shape.width < 2) return 'a deviation needs more than one pixel';
  return refuseShape(shape);
}

/** Python's `round`: halves go to the even neighbour. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The colour planes of one image, averaged down to about 256 pixels. */
interface Colours {
  readonly full: Plane | undefined;
  readonly l: Plane;
  readonly h: Plane;
  readonly m: Plane;
}

function createColours(shape: MetricImageShape, factor: number): Colours {
  const height = pooledSize(shape.height, factor);
  const width = pooledSize(shape.width, factor);
  return {
    full: factor > 1 ? createPlane(shape.height, shape.width, 0) : undefined,
    l: createPlane(height, width, 1),
    h: createPlane(height, width, 1),
    m: createPlane(height, width, 1),
  };
}

function fillColours(colours: Colours, images: MetricImages, at: { index: number; factor: number }): void {
  const fill = (plane: Plane, weights: ColourWeights): void => {
    const source = { images, index: at.index };
    if (colours.full) {
      fillColour(colours.full, source, weights);
      averagePool(colours.full, plane, at.factor);
    } else fillColour(plane, source, weights);
    if (images.channels > 1) return;
    const share = greyShare(weights);
    for (let i = 0; i < plane.data.length; i++) plane.data[i]! *= share;
  };
  fill(colours.l, lightness);
  fill(colours.h, opponentH);
  fill(colours.m, opponentM);
}

/** A power of a complex field, given as modulus and phase, by its mean deviation. */
function meanDeviation(
  field: { readonly modulus: Float64Array; readonly phase: Float64Array },
  options: Required<MdsiOptions>,
): number {
  const { modulus, phase } = field;
  const { q, rho, o } = options;
  const count = modulus.length;
  // Means as distances from the first value: of equal values, exactly that value.
  let meanReal = 0;
  let meanImaginary = 0;
  for (let i = 0; i < count; i++) {
    const power = q === 0.25 ? Math.sqrt(Math.sqrt(modulus[i]!)) : modulus[i]! ** q;
    const angle = phase[i]! * q;
    // The field becomes its power in place: real part, then imaginary part.
    modulus[i] = angle === 0 ? power : power * Math.cos(angle);
    phase[i] = angle === 0 ? 0 : power * Math.sin(angle);
    meanReal += modulus[i]! - modulus[0]!;
    meanImaginary += phase[i]! - phase[0]!;
  }
  meanReal = modulus[0]! + meanReal / count;
  meanImaginary = phase[0]! + meanImaginary / count;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const real = modulus[i]! - meanReal;
    const imaginary = phase[i]! - meanImaginary;
    const distance = Math.sqrt(real * real + imaginary * imaginary);
    sum += rho === 1 ? distance : distance ** rho;
  }
  return (sum / count) ** (o / rho);
}

/** Compares colour planes of one size, many times over. */
function createComparison(size: Plane, options: Required<MdsiOptions>): (x: Colours, y: Colours) => number {
  const { height, width } = size;
  const { valueRange, combination, alpha, beta, gamma } = options;
  const c1 = options.c1 * valueRange * valueRange;
  const c2 = options.c2 * valueRange * valueRange;
  const c3 = options.c3 * valueRange * valueRange;
  const middle = createPlane(height, width, 1);
  const gx = new Float32Array(height * width);
  const gy = new Float32Array(height * width);
  const gm = new Float32Array(height * width);
  const modulus = new Float64Array(height * width);
  const phase = new Float64Array(height * width);

  return (x, y) => {
    for (let i = 0; i < middle.data.length; i++) middle.data[i] = (x.l.data[i]! + y.l.data[i]!) / 2;
    squaredPrewitt(x.l, gx);
    squaredPrewitt(y.l, gy);
    squaredPrewitt(middle, gm);
    let i = 0;
    for (let row = 0; row < height; row++) {
      let at = middle.origin + row * middle.stride;
      for (let column = 0; column < width; column++, i++, at++) {
        const p = gx[i]!;
        const q = gy[i]!;
        const m = gm[i]!;
        const gradient =
          (2 * Math.sqrt(p * q) + c1) / (p + q + c1) +
          (2 * Math.sqrt(p * m) + c2) / (p + m + c2) -
          (2 * Math.sqrt(q * m) + c2) / (q + m + c2);
        const hx = x.h.data[at]!;
        const hy = y.h.data[at]!;
        const mx = x.m.data[at]!;
        const my = y.m.data[at]!;
        // Grouped so that equal colours give exactly 1, which a fourth root would not forgive missing by a rounding.
        const squares = hx * hx + mx * mx + (hy * hy + my * my);
        const colour = (2 * (hx * hy + mx * my) + c3) / (squares + c3);
        if (combination === 'sum') {
          const both = alpha * gradient + (1 - alpha) * colour;
          modulus[i] = Math.abs(both);
          phase[i] = both < 0 ? Math.PI : 0;
        } else {
          modulus[i] = Math.abs(gradient) ** gamma * Math.abs(colour) ** beta;
          phase[i] = Math.PI * ((gradient < 0 ? gamma : 0) + (colour < 0 ? beta : 0));
        }
      }
    }
    return meanDeviation({ modulus, phase }, options);
  };
}

/**
 * Mean deviation similarity index: gradient similarity GS (of x, y and their mean) and chromaticity similarity CS of
 * each pixel joined to GCS = α·GS + (1 − α)·CS (or GS^γ·CS^β), then (mean |GCS^q − mean GCS^q|^ρ)^(o/ρ). Negative
 * similarities are raised to powers as complex numbers. Images are averaged down to about 256 pixels before.
 *
 * **Lower is better**; 0 for equal images, below 1.25 with the default options. Symmetric only nearly: the gradient
 * similarity treats x and y differently. A grey image counts as an RGB one with three equal channels.
 * Reference: Nafchi, Shahkolaei, Hedjam, Cheriet, "Mean Deviation Similarity Index", 2016,
 * https://arxiv.org/abs/1608.07433
 *
 * @param a NHWC batch in [0, L]
 * @param b NHWC batch of the same shape and range
 * @returns one value per pair
 */
export function mdsi(a: MetricImages, b: MetricImages, options: MdsiOptions = {}): Float64Array {
  const all = { ...mdsiDefaults, ...options };
  checkPairs('mdsi', { a, b }, { valueRange: all.valueRange, refusal: mdsiRefuses(a) });
  const factor = Math.max(1, roundHalfToEven(Math.min(a.height, a.width) / 256));
  const x = createColours(a, factor);
  const y = createColours(b, factor);
  const compare = createComparison(x.l, all);
  return Float64Array.from({ length: a.count }, (_, index) => {
    fillColours(x, a, { index, factor });
    fillColours(y, b, { index, factor });
    return compare(x, y);
  });
}
