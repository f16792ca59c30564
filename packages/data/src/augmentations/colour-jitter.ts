import { defineAugmentation, type Rng } from '@medgan/plugin-api';

/** How far colours are changed; 0 leaves one of them alone. */
export interface ColourJitterOptions {
  /** Colours are multiplied by up to 1 ± this. */
  readonly brightness?: number;
  /** Distances from the image's mean grey are multiplied by up to 1 ± this. */
  readonly contrast?: number;
  /** Distances from each pixel's grey are multiplied by up to 1 ± this. */
  readonly saturation?: number;
  /** Hues are turned by up to ± this share of the colour circle. */
  readonly hue?: number;
}

const strength = (most: number, value: number, description: string): object => ({
  type: 'number',
  minimum: 0,
  maximum: most,
  default: value,
  description,
});

/** Rec. 601 luma, as Pillow makes grey. */
const LUMA = [0.299, 0.587, 0.114] as const;

/** Rows of RGB → YIQ, and back. */
const TO_YIQ = [...LUMA, 0.595716, -0.274453, -0.321263, 0.211456, -0.522591, 0.311135];
const FROM_YIQ = [1, 0.9563, 0.621, 1, -0.2721, -0.6474, 1, -1.107, 1.7046];

/** A 3×3 matrix, row by row. */
type Matrix = readonly number[];

function product(a: Matrix, b: Matrix): Matrix {
  return Array.from({ length: 9 }, (_, i) => {
    const row = 3 * Math.floor(i / 3);
    const column = i % 3;
    return a[row]! * b[column]! + a[row + 1]! * b[column + 3]! + a[row + 2]! * b[column + 6]!;
  });
}

/** Turns the hue by `turn` of the circle and multiplies the saturation; grey stays as it is. */
function chroma(turn: number, saturation: number): Matrix {
  const cos = saturation * Math.cos(2 * Math.PI * turn);
  const sin = saturation * Math.sin(2 * Math.PI * turn);
  return product(FROM_YIQ, product([1, 0, 0, 0, cos, -sin, 0, sin, cos], TO_YIQ));
}

function meanGrey(pixels: Uint8Array, channels: 1 | 3): number {
  const sums = [0, 0, 0];
  if (channels === 1) {
    for (const value of pixels) sums[0]! += value;
    return sums[0]! / pixels.length;
  }
  for (let i = 0; i < pixels.length; i += 3) {
    sums[0]! += pixels[i]!;
    sums[1]! += pixels[i + 1]!;
    sums[2]! += pixels[i + 2]!;
  }
  return (3 * (LUMA[0] * sums[0]! + LUMA[1] * sums[1]! + LUMA[2] * sums[2]!)) / pixels.length;
}

/** Rounded to the nearest; the array it goes into clamps. */
function scale(pixels: Uint8Array, gain: number, offset: number): Uint8Array {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, value) => gain * value + offset);
  return pixels.map((value) => table[value]!);
}

function mix(pixels: Uint8Array, matrix: Matrix, offset: number): Uint8Array {
  const out = new Uint8ClampedArray(pixels.length);
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = matrix as [number, ...number[]];
  for (let i = 0; i < pixels.length; i += 3) {
    const [r, g, b] = [pixels[i]!, pixels[i + 1]!, pixels[i + 2]!];
    out[i] = rr * r + rg! * g + rb! * b + offset;
    out[i + 1] = gr! * r + gg! * g + gb! * b + offset;
    out[i + 2] = br! * r + bg! * g + bb! * b + offset;
  }
  return new Uint8Array(out.buffer);
}

/** A factor in 1 ± `spread`. Drawn even where the spread is 0, so that one option does not move the others' draws. */
const factor = (rng: Rng, spread: number): number => 1 + spread * (2 * rng.uniform() - 1);

/**
 * Brightness, contrast, saturation and hue in one linear map, so that each pixel is rounded once. The hue is turned in
 * YIQ, which keeps the grey of a pixel. Of grey images only brightness and contrast change.
 */
export default defineAugmentation<ColourJitterOptions>({
  name: 'colour-jitter',
  aliases: ['color-jitter'],
  summary: 'Change brightness, contrast, saturation and hue a little',
  reference:
    'torchvision.transforms.ColorJitter, with hue in YIQ (Marcel and Rodriguez, ACM Multimedia 2010)',
  options: {
    type: 'object',
    properties: {
      brightness: strength(1, 0.1, 'colours are multiplied by up to 1 ± this'),
      contrast: strength(1, 0.1, "distances from the image's mean grey are multiplied by up to 1 ± this"),
      saturation: strength(1, 0.1, 'distances from grey are multiplied by up to 1 ± this'),
      hue: strength(0.5, 0.02, 'hues are turned by up to ± this share of the colour circle'),
    },
    additionalProperties: false,
  },
  tiny: { brightness: 0.5 },
  apply({ channels, pixels }, rng, { brightness = 0.1, contrast = 0.1, saturation = 0.1, hue = 0.02 }) {
    const [bright, steep, vivid] = [factor(rng, brightness), factor(rng, contrast), factor(rng, saturation)];
    const turn = factor(rng, hue) - 1;
    const gain = bright * steep;
    const offset = (1 - steep) * bright * meanGrey(pixels, channels);
    if (channels === 1 || (saturation === 0 && hue === 0)) return scale(pixels, gain, offset);
    return mix(
      pixels,
      chroma(turn, vivid).map((weight) => gain * weight),
      offset,
    );
  },
});
