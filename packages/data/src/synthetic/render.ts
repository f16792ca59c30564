import type { ImageFormat, Rng } from '@medgan/plugin-api';
import { Artefacts } from './artefacts.ts';
import { Hair } from './hair.ts';
import { Melanoma } from './melanoma.ts';
import { Nevus } from './nevus.ts';
import { Optics } from './optics.ts';
import { noPigments, type Pigments, writeColour } from './pigment.ts';
import { Skin, type SkinTones } from './skin.ts';
import { StrokeLayer } from './strokes.ts';

/** A lesion of one class, drawn from a stream. */
interface Lesion {
  add(x: number, y: number, into: Pigments): void;
}

/** The classes and how each is drawn, in the order of their index. */
export const LESIONS = {
  melanoma: (rng: Rng): Lesion => new Melanoma(rng),
  nevus: (rng: Rng): Lesion => new Nevus(rng),
} as const;

export type LesionClass = keyof typeof LESIONS;

export interface SceneOptions {
  /** Share of the images with hair. */
  readonly hair: number;
  readonly tones: SkinTones;
}

/** Everything in one picture, free of any resolution: parts draw from streams of their own. */
export class Scene {
  readonly #skin: Skin;
  readonly #lesion: Lesion;
  readonly #hair: Hair;
  readonly #artefacts: Artefacts;
  readonly #optics: Optics;

  constructor(rng: Rng, lesion: LesionClass, options: SceneOptions) {
    this.#skin = new Skin(rng.split('skin'), options.tones);
    this.#lesion = LESIONS[lesion](rng.split('lesion'));
    this.#hair = new Hair(rng.split('hair'), options.hair);
    this.#artefacts = new Artefacts(rng.split('artefacts'));
    this.#optics = new Optics(rng.split('optics'));
  }

  /**
   * Writes the picture at `offset` of `pixels`: uint8, shape [size, size, channels], HWC. Each pixel is the mean of
   * 2 × 2 samples, of more below 32 pixels per side. One channel is luma (ITU-R BT.601).
   */
  render(format: ImageFormat, pixels: Uint8Array, offset: number): void {
    const { size, channels } = format;
    const fold = Math.max(2, Math.ceil(64 / size));
    const side = size * fold;
    const dark = new StrokeLayer(side);
    const bright = new StrokeLayer(side);
    const marks = new StrokeLayer(side);
    this.#hair.drawOn(dark);
    this.#artefacts.drawMarksOn(marks);
    this.#artefacts.drawBubblesOn(bright);

    const hair = this.#hair.colour;
    const { tint } = this.#optics;
    const pigments = noPigments();
    const colour = new Float64Array(3);
    const weight = 1 / (fold * fold);
    const step = 1 / side;
    const columns = Array.from({ length: fold * fold }, (_, sub) => sub % fold);
    const rows = Array.from({ length: fold * fold }, (_, sub) => Math.floor(sub / fold));
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        let red = 0;
        let green = 0;
        let blue = 0;
        this.#skin.visit((2 * column + 1) / size - 1, (2 * row + 1) / size - 1);
        for (let sub = 0; sub < fold * fold; sub++) {
          const i = column * fold + columns[sub]!;
          const j = row * fold + rows[sub]!;
          const x = (2 * i + 1) * step - 1;
          const y = (2 * j + 1) * step - 1;
          this.#skin.write(x, y, pigments);
          this.#lesion.add(x, y, pigments);
          writeColour(pigments, colour);
          const at = j * side + i;
          const strand = dark.coverage[at]!;
          const gleam = bright.coverage[at]!;
          const light = this.#optics.illumination(x, y) * (1 - 0.85 * marks.coverage[at]!);
          red += light * (colour[0]! + strand * (hair[0] - colour[0]!)) + gleam;
          green += light * (colour[1]! + strand * (hair[1] - colour[1]!)) + gleam;
          blue += light * (colour[2]! + strand * (hair[2] - colour[2]!)) + gleam;
        }
        const pixel = row * size + column;
        const noise = this.#optics.sensorNoise(pixel);
        red = weight * red * tint[0] + noise;
        green = weight * green * tint[1] + noise;
        blue = weight * blue * tint[2] + noise;
        const to = offset + pixel * channels;
        if (channels === 1) pixels[to] = byte(0.299 * red + 0.587 * green + 0.114 * blue);
        else {
          pixels[to] = byte(red);
          pixels[to + 1] = byte(green);
          pixels[to + 2] = byte(blue);
        }
      }
    }
  }
}

function byte(value: number): number {
  return value <= 0 ? 0 : value >= 1 ? 255 : Math.floor(value * 255 + 0.5);
}
