import { createRng, type Rng } from '@medgan/plugin-api';
import { between, direction } from './draw.ts';

const BITS = 7;
const SIDE = 1 << BITS;
const MASK = SIDE - 1;

let made: Float32Array | undefined;

/** 128 × 128 uniform values in [−1, 1), one table for all images: each field looks at it from a place of its own. */
function lattice(): Float32Array {
  made ??= createRng('synthetic-lesions/lattice')
    .uniforms(SIDE * SIDE)
    .map((value) => 2 * value - 1);
  return made;
}

/** Value noise: smooth, in [−1, 1], about `frequency` bumps a unit of length; points within ±4 units. */
export class ValueNoise {
  readonly #lattice = lattice();
  readonly #cos: number;
  readonly #sin: number;
  readonly #x: number;
  readonly #y: number;

  constructor(rng: Rng, frequency: number) {
    // A turned lattice hides the axes; the offset keeps coordinates positive, where truncation is floor.
    const turn = direction(rng);
    this.#cos = frequency * turn.x;
    this.#sin = frequency * turn.y;
    const origin = Math.ceil(8 * frequency);
    this.#x = origin + between(rng, 0, SIDE);
    this.#y = origin + between(rng, 0, SIDE);
  }

  at(x: number, y: number): number {
    const u = this.#cos * x - this.#sin * y + this.#x;
    const v = this.#sin * x + this.#cos * y + this.#y;
    const i = u | 0;
    const j = v | 0;
    const fu = u - i;
    const fv = v - j;
    const su = fu * fu * (3 - 2 * fu);
    const sv = fv * fv * (3 - 2 * fv);
    const left = i & MASK;
    const right = (i + 1) & MASK;
    const top = (j & MASK) << BITS;
    const bottom = ((j + 1) & MASK) << BITS;
    const table = this.#lattice;
    const a = table[top | left]!;
    const c = table[bottom | left]!;
    const upper = a + su * (table[top | right]! - a);
    const lower = c + su * (table[bottom | right]! - c);
    return upper + sv * (lower - upper);
  }
}

/** Fractal sum of value noise: each octave twice as fine and half as strong; in [−1, 1], mostly within ±0.6. */
export class FractalNoise {
  readonly #octaves: readonly ValueNoise[];
  readonly #scale: number;

  constructor(rng: Rng, shape: { frequency: number; octaves: number }) {
    this.#octaves = Array.from(
      { length: shape.octaves },
      (_, octave) => new ValueNoise(rng, shape.frequency * (1 << octave)),
    );
    this.#scale = 1 / (2 - 2 / (1 << shape.octaves));
  }

  at(x: number, y: number): number {
    let sum = 0;
    let weight = this.#scale;
    for (let octave = 0; octave < this.#octaves.length; octave++) {
      sum += weight * this.#octaves[octave]!.at(x, y);
      weight *= 0.5;
    }
    return sum;
  }
}

/** Cellular noise (Worley, 1996): distances to the two nearest of jittered grid points, `frequency` cells a unit. */
export class CellNoise {
  /** Distance to the nearest point, in cells. */
  nearest = 0;
  /** Distance to the second nearest point, in cells: `second − nearest` is 0 on the walls between cells. */
  second = 0;
  /** A value in [−1, 1) that belongs to the nearest point. */
  trait = 0;

  readonly #lattice = lattice();
  readonly #frequency: number;
  readonly #jitter: number;
  readonly #x: number;
  readonly #y: number;

  constructor(rng: Rng, shape: { frequency: number; jitter: number }) {
    this.#frequency = shape.frequency;
    this.#jitter = 0.5 * shape.jitter;
    const origin = Math.ceil(8 * shape.frequency);
    this.#x = origin + between(rng, 0, SIDE);
    this.#y = origin + between(rng, 0, SIDE);
  }

  /** Sets `nearest`, `second` and `trait` for a point. */
  visit(x: number, y: number): void {
    const u = x * this.#frequency + this.#x;
    const v = y * this.#frequency + this.#y;
    const i = u | 0;
    const j = v | 0;
    const table = this.#lattice;
    let first = 9;
    let second = 9;
    let owner = 0;
    for (let dj = -1; dj <= 1; dj++) {
      const row = ((j + dj) & MASK) << BITS;
      for (let di = -1; di <= 1; di++) {
        const cell = row | ((i + di) & MASK);
        const px = i + di + 0.5 + this.#jitter * table[cell]! - u;
        const py = j + dj + 0.5 + this.#jitter * table[cell ^ 0x1555]! - v;
        const square = px * px + py * py;
        if (square < first) {
          second = first;
          first = square;
          owner = cell;
        } else if (square < second) second = square;
      }
    }
    this.nearest = Math.sqrt(first);
    this.second = Math.sqrt(second);
    this.trait = table[owner ^ 0x2aaa]!;
  }
}
