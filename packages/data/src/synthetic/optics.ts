import type { Rng } from '@medgan/plugin-api';
import { bell, between, chance, direction } from './draw.ts';
import { smooth } from './exact.ts';

/** White balances met in archives, as factors of [red, green, blue]: neutral, violet, pink, warm, dull green. */
const TINTS = [
  [1, 1, 1],
  [0.94, 0.92, 1.08],
  [1.06, 0.93, 1.03],
  [1.05, 0.98, 0.9],
  [0.92, 0.95, 0.88],
] as const;

/** Light and camera: exposure, white balance, falling light, vignette, the dermatoscope's round aperture, noise. */
export class Optics {
  /** Exposure times white balance of [red, green, blue]. */
  readonly tint: readonly [number, number, number];
  /** Half width of the sensor noise, in units of the display range. */
  readonly noise: number;
  readonly #noiseSeed: number;
  readonly #slope: { readonly x: number; readonly y: number };
  readonly #vignette: number;
  readonly #aperture: number;
  readonly #apertureEdge: number;

  constructor(rng: Rng) {
    const first = TINTS[rng.integer(TINTS.length)]!;
    const second = TINTS[rng.integer(TINTS.length)]!;
    const mix = rng.uniform();
    const exposure = 0.92 + 0.085 * bell(rng);
    const channel = (i: 0 | 1 | 2): number => exposure * (first[i] + mix * (second[i] - first[i]));
    this.tint = [channel(0), channel(1), channel(2)];
    this.noise = between(rng, 0.006, 0.02);
    this.#noiseSeed = rng.integer(0x7fffffff);
    const slope = direction(rng);
    const steepness = between(rng, 0, 0.09);
    this.#slope = { x: steepness * slope.x, y: steepness * slope.y };
    this.#vignette = between(rng, 0, 0.13);
    const round = chance(rng, 0.1);
    const radius = between(rng, 0.98, 1.25);
    this.#aperture = round ? radius : 9;
    this.#apertureEdge = between(rng, 0.02, 0.08);
  }

  /** The share of the light that reaches a point. */
  illumination(x: number, y: number): number {
    const square = x * x + y * y;
    const light = 1 + x * this.#slope.x + y * this.#slope.y - this.#vignette * square;
    if (this.#aperture > 2) return light;
    const edge = this.#apertureEdge;
    return light * (1 - 0.96 * smooth(this.#aperture - edge, this.#aperture + edge, Math.sqrt(square)));
  }

  /** Sensor noise of pixel `index`, triangular about 0 within ±`noise`. */
  sensorNoise(index: number): number {
    let h = Math.imul(index ^ this.#noiseSeed, 0x9e3779b1);
    h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
    return (((h & 0xffff) + (h >>> 16)) / 65535 - 1) * this.noise;
  }
}
