import type { Rng } from '@medgan/plugin-api';
import { bell, between, chance, weighted } from './draw.ts';
import { clamp, smooth } from './exact.ts';
import { CellNoise, FractalNoise } from './noise.ts';
import { Outline } from './outline.ts';
import { BLOOD, DEEP_MELANIN, MELANIN, type Pigments } from './pigment.ts';

/** Weights of a nevus's global pattern. */
const PATTERNS = { network: 0.45, globules: 0.25, homogeneous: 0.3 } as const;

/**
 * A benign nevus: round or oval, symmetric, one or two browns, a regular network or regular globules, a border that
 * fades evenly all round.
 */
export class Nevus {
  readonly #outline: Outline;
  readonly #unevenness: FractalNoise;
  readonly #cells: CellNoise;
  readonly #pattern: keyof typeof PATTERNS;
  readonly #contrast: number;
  readonly #fade: number;
  readonly #melanin: number;
  /** How much darker (or paler, when negative) the middle is than the rim. */
  readonly #middle: number;
  /** Melanin lying deeper, which turns brown to grey-brown. */
  readonly #depth: number;
  readonly #blood: number;
  readonly #wobble: number;

  constructor(rng: Rng) {
    this.#outline = new Outline(rng, {
      centre: { x: 0.09 * bell(rng), y: 0.09 * bell(rng) },
      radius: clamp(0.36 + 0.1 * bell(rng), 0.18, 0.62),
      aspect: between(rng, 1, 1.45),
      harmonics: [0.02, 0.04, 0.03, 0.025, 0.02, 0.02],
      streaks: { count: 0, length: 0 },
    });
    const names = Object.keys(PATTERNS) as (keyof typeof PATTERNS)[];
    this.#pattern = names[weighted(rng, Object.values(PATTERNS))]!;
    this.#unevenness = new FractalNoise(rng, { frequency: between(rng, 4, 7), octaves: 3 });
    this.#cells = new CellNoise(rng, { frequency: between(rng, 10, 19), jitter: 0.85 });
    this.#contrast = between(rng, 0.2, 0.55);
    this.#fade = between(rng, 0.26, 0.5);
    const dermal = chance(rng, 0.12);
    this.#melanin = dermal ? between(rng, 0.15, 0.4) : between(rng, 0.55, 1) * between(rng, 1, 1.8);
    this.#depth = dermal ? 0 : Math.max(0, between(rng, -0.1, 0.35));
    this.#blood = dermal ? between(rng, 0.3, 0.6) : between(rng, 0.05, 0.3);
    this.#middle = chance(rng, 0.2) ? between(rng, -0.45, -0.2) : between(rng, 0.1, 0.8);
    this.#wobble = between(rng, 0.06, 0.17);
  }

  /** Adds the lesion's pigments at a point to those of the skin. */
  add(x: number, y: number, into: Pigments): void {
    const outline = this.#outline;
    if (outline.isFar(x, y)) return;
    outline.visit(x, y);
    const unevenness = this.#unevenness.at(x, y);
    const margin = outline.margin + this.#wobble * unevenness;
    const cover = smooth(-0.4 * this.#fade, this.#fade, margin);
    if (cover === 0) return;
    const middle = smooth(0.2, 0.95, outline.margin);
    const tone = 1 + this.#middle * middle + 0.4 * unevenness;
    into[MELANIN]! +=
      cover * this.#melanin * tone * this.#structure(x + 0.06 * unevenness, y - 0.06 * unevenness);
    into[DEEP_MELANIN]! += cover * this.#depth * tone;
    into[BLOOD]! += cover * this.#blood;
  }

  /** Factor of the pattern at a point, about 1 on average. */
  #structure(x: number, y: number): number {
    if (this.#pattern === 'homogeneous') return 1;
    const cells = this.#cells;
    cells.visit(x, y);
    const line =
      this.#pattern === 'network'
        ? 1 - smooth(0.05, 0.4, cells.second - cells.nearest)
        : 1 - smooth(0.22, 0.5, cells.nearest);
    return 1 + this.#contrast * (2 * line - 0.8);
  }
}
