import type { Rng } from '@medgan/plugin-api';
import { between, direction } from './draw.ts';
import { diamondAngle, diamondDirection } from './exact.ts';

const ENTRIES = 512;

/** What an outline is drawn from. Lengths in half image sides. */
export interface OutlineShape {
  readonly centre: { readonly x: number; readonly y: number };
  /** Mean radius. */
  readonly radius: number;
  /** Longer by shorter axis, ≥ 1. */
  readonly aspect: number;
  /** Largest relative amplitude of the harmonics 2, 3, 4, …. */
  readonly harmonics: readonly number[];
  /** Streaks: narrow rays beyond the border within one sector; `length` relative to the radius. */
  readonly streaks: { readonly count: number; readonly length: number };
}

/** A closed outline round its centre: the radius as a function of the direction, an ellipse with harmonics. */
export class Outline {
  /** Position of the point last visited, in the lesion's frame: 1 = mean radius. */
  u = 0;
  v = 0;
  /** Distance of that point inside the border along its ray (negative outside), in mean radii. */
  margin = 0;

  readonly #centre: { readonly x: number; readonly y: number };
  readonly #inverseRadius: number;
  readonly #farSquare: number;
  readonly #radii: Float64Array;

  constructor(rng: Rng, shape: OutlineShape) {
    this.#centre = shape.centre;
    this.#inverseRadius = 1 / shape.radius;
    // One more entry than directions: the last repeats the first for interpolation.
    this.#radii = ellipse(rng, shape.aspect);
    addHarmonics(this.#radii, rng, shape.harmonics);
    addStreaks(this.#radii, rng, shape.streaks);
    this.#radii[ENTRIES] = this.#radii[0]!;
    const far = shape.radius * this.#radii.reduce((most, radius) => Math.max(most, radius)) + 0.35;
    this.#farSquare = far * far;
  }

  /** True well away from the lesion: 0.35 half image sides beyond its farthest point. `u`, `v`, `margin` stay. */
  isFar(x: number, y: number): boolean {
    const dx = x - this.#centre.x;
    const dy = y - this.#centre.y;
    return dx * dx + dy * dy > this.#farSquare;
  }

  /** Sets `u`, `v` and `margin` for a point of the image. */
  visit(x: number, y: number): void {
    const u = (x - this.#centre.x) * this.#inverseRadius;
    const v = (y - this.#centre.y) * this.#inverseRadius;
    const place = diamondAngle(u, v) * (ENTRIES / 4);
    const entry = place | 0;
    const radius = this.#radii[entry]!;
    const border = radius + (place - entry) * (this.#radii[entry + 1]! - radius);
    this.u = u;
    this.v = v;
    this.margin = border - Math.sqrt(u * u + v * v);
  }
}

function ellipse(rng: Rng, aspect: number): Float64Array {
  const axis = direction(rng);
  const radii = new Float64Array(ENTRIES + 1);
  for (let entry = 0; entry < ENTRIES; entry++) {
    const ray = diamondDirection((4 * entry) / ENTRIES);
    const along = ray.x * axis.x + ray.y * axis.y;
    const across = ray.y * axis.x - ray.x * axis.y;
    // Area as the unit circle's.
    radii[entry] = 1 / Math.sqrt((along * along) / aspect + across * across * aspect);
  }
  return radii;
}

/** r(θ) ·= 1 + Σ aₖ cos(kθ + φₖ); cos kθ and sin kθ are powers of the ray seen as a complex number. */
function addHarmonics(radii: Float64Array, rng: Rng, limits: readonly number[]): void {
  const terms = limits.map((limit) => ({ amplitude: between(rng, 0.35, 1) * limit, phase: direction(rng) }));
  for (let entry = 0; entry < ENTRIES; entry++) {
    const ray = diamondDirection((4 * entry) / ENTRIES);
    let re = ray.x;
    let im = ray.y;
    let factor = 1;
    for (const { amplitude, phase } of terms) {
      const next = re * ray.x - im * ray.y;
      im = re * ray.y + im * ray.x;
      re = next;
      factor += amplitude * (re * phase.x - im * phase.y);
    }
    radii[entry]! *= Math.max(0.25, factor);
  }
}

function addStreaks(radii: Float64Array, rng: Rng, streaks: OutlineShape['streaks']): void {
  const start = rng.integer(ENTRIES);
  const sector = ENTRIES * between(rng, 0.25, 0.6);
  for (let i = 0; i < streaks.count; i++) {
    const middle = start + Math.floor(between(rng, 0, sector));
    const half = 3 + rng.integer(5);
    const height = streaks.length * between(rng, 0.4, 1);
    for (let step = -half; step <= half; step++) {
      const entry = (middle + step + ENTRIES) % ENTRIES;
      radii[entry]! += height * (1 - Math.abs(step) / (half + 1));
    }
  }
}
