import type { Rng } from '@medgan/plugin-api';
import { bell, between, chance, weighted } from './draw.ts';
import { smooth } from './exact.ts';
import { FractalNoise, ValueNoise } from './noise.ts';
import { BLOOD, DEEP_MELANIN, MELANIN, type Pigments, SCAR } from './pigment.ts';

/** Shares of the Fitzpatrick skin types I … VI. */
const TONES = {
  archive: [0.22, 0.4, 0.24, 0.09, 0.035, 0.015],
  even: [1, 1, 1, 1, 1, 1],
} as const;

/** `archive`: mostly light skin, as public dermoscopy archives have it; `even`: all six types alike. */
export type SkinTones = keyof typeof TONES;

const MELANIN_OF_TYPE = [0.06, 0.14, 0.27, 0.48, 0.85, 1.4] as const;

/** The skin round a lesion: tone, mottling, furrows, fine vessels, freckles. */
export class Skin {
  /** Melanin of the unblemished skin. */
  readonly melanin: number;
  readonly #blood: number;
  readonly #mottling: FractalNoise;
  readonly #mottle: number;
  readonly #grain: FractalNoise;
  readonly #grainStrength: number;
  readonly #vessels: ValueNoise;
  readonly #vesselStrength: number;
  readonly #freckles: number;
  #mottled = 0;
  #vessel = 0;

  constructor(rng: Rng, tones: SkinTones) {
    const type = weighted(rng, TONES[tones]);
    this.melanin = MELANIN_OF_TYPE[type]! * (1 + 0.16 * bell(rng));
    this.#blood = Math.max(0.03, 0.115 + 0.07 * bell(rng));
    this.#mottling = new FractalNoise(rng, { frequency: between(rng, 1.2, 2.4), octaves: 2 });
    this.#mottle = between(rng, 0.02, 0.12);
    this.#grain = new FractalNoise(rng, { frequency: between(rng, 9, 14), octaves: 2 });
    this.#grainStrength = between(rng, 0.03, 0.15);
    this.#vessels = new ValueNoise(rng, between(rng, 3, 6));
    this.#vesselStrength = chance(rng, 0.35) ? between(rng, 0.06, 0.22) : 0.015;
    this.#freckles = chance(rng, 0.25) ? between(rng, 0.15, 0.45) : 0;
  }

  /** Sets what varies slowly at a point: mottling, vessels. Once a pixel will do. */
  visit(x: number, y: number): void {
    const mottling = this.#mottling.at(x, y);
    // The zero line of a noise field is a net of thin curves.
    const line = Math.abs(this.#vessels.at(x, y + 0.06 * mottling) + 0.2 * mottling);
    this.#mottled = mottling;
    this.#vessel = line < 0.14 ? this.#vesselStrength * (1 - line / 0.14) : 0;
  }

  /** Overwrites `into` with the skin's pigments at a point near the one last visited. */
  write(x: number, y: number, into: Pigments): void {
    const mottling = this.#mottled;
    const grain = this.#grain.at(x, y);
    let melanin = this.melanin * (1 + 0.3 * mottling) + 0.35 * this.#grainStrength * grain;
    let blood = this.#blood + this.#mottle * mottling + this.#grainStrength * grain;
    if (this.#freckles > 0) melanin += this.#freckles * smooth(0.1, 0.7, mottling + 0.6 * grain);
    if (this.#vessel > 0) blood += this.#vessel * smooth(-0.3, 0.5, grain - mottling);
    into[MELANIN] = melanin;
    into[DEEP_MELANIN] = 0;
    into[BLOOD] = blood;
    into[SCAR] = 0;
  }
}
