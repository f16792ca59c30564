import type { Rng } from '@medgan/plugin-api';
import { bell, between, chance, direction } from './draw.ts';
import { clamp, smooth } from './exact.ts';
import { CellNoise, FractalNoise, ValueNoise } from './noise.ts';
import { Outline } from './outline.ts';
import { BLOOD, DEEP_MELANIN, MELANIN, noPigments, type Pigments, SCAR } from './pigment.ts';

/** The colours beside light and dark brown, as amounts of pigment; `thins`: the share of the brown it replaces. */
const COLOURS = {
  black: { [MELANIN]: 1.7, [DEEP_MELANIN]: 0.8, thins: 0 },
  blueGrey: { [MELANIN]: 0.35, [DEEP_MELANIN]: 0.95, thins: 0.85 },
  red: { [MELANIN]: 0.1, [BLOOD]: 0.75, thins: 0.75 },
  white: { [SCAR]: 0.5, thins: 0.8 },
} as const;

/** A region of one colour, off the lesion's centre; position and radius in the lesion's frame. */
interface Patch {
  readonly x: number;
  readonly y: number;
  readonly inverseRadius: number;
  readonly pigments: Pigments;
  readonly thins: number;
}

function drawPatch(rng: Rng, colour: keyof typeof COLOURS): Patch {
  const place = direction(rng);
  const off = between(rng, 0.25, 0.75);
  const { thins, ...amounts } = COLOURS[colour];
  const pigments = noPigments();
  for (const [pigment, amount] of Object.entries(amounts)) {
    pigments[Number(pigment)] = amount * between(rng, 0.7, 1.15);
  }
  return { x: off * place.x, y: off * place.y, inverseRadius: 1 / between(rng, 0.3, 0.62), pigments, thins };
}

/** Three to six colours in all: one to four beside the two browns. Later patches lie over earlier ones. */
function drawPatches(rng: Rng): Patch[] {
  const shares = { black: 0.6, blueGrey: 0.55, red: 0.45, white: 0.4 } as const;
  const names = Object.keys(shares) as (keyof typeof shares)[];
  const chosen = names.filter((name) => chance(rng, shares[name]));
  if (chosen.length === 0) chosen.push('black');
  return chosen.flatMap((name) => {
    const twice = name === 'black' && chance(rng, 0.4);
    return twice ? [drawPatch(rng, name), drawPatch(rng, name)] : [drawPatch(rng, name)];
  });
}

/**
 * A melanoma by the ABCD rule of dermatoscopy (Nachbar et al., 1994): asymmetric in shape and colour, an irregular
 * border that ends abruptly in part of its course, three to six colours, irregular dots and streaks, larger.
 */
export class Melanoma {
  readonly #outline: Outline;
  readonly #bendX: ValueNoise;
  readonly #bendY: ValueNoise;
  readonly #bend: number;
  readonly #islands: FractalNoise;
  readonly #rough: FractalNoise;
  readonly #roughness: number;
  readonly #edge: { readonly x: number; readonly y: number; readonly sharp: number; readonly soft: number };
  readonly #tilt: { readonly x: number; readonly y: number };
  readonly #melanin: number;
  readonly #depth: number;
  readonly #blood: number;
  readonly #contrast: number;
  readonly #patches: readonly Patch[];
  readonly #dots: CellNoise;
  readonly #dotStrength: number;

  constructor(rng: Rng) {
    this.#outline = new Outline(rng, {
      centre: { x: 0.09 * bell(rng), y: 0.09 * bell(rng) },
      radius: clamp(0.5 + 0.11 * bell(rng), 0.26, 0.78),
      aspect: between(rng, 1.05, 1.7),
      harmonics: [0.12, 0.2, 0.13, 0.1, 0.07, 0.06, 0.05, 0.04, 0.04],
      streaks: chance(rng, 0.4)
        ? { count: 5 + rng.integer(9), length: between(rng, 0.12, 0.3) }
        : { count: 0, length: 0 },
    });
    this.#bendX = new ValueNoise(rng, 2.2);
    this.#bendY = new ValueNoise(rng, 2.2);
    this.#bend = between(rng, 0.08, 0.22);
    this.#islands = new FractalNoise(rng, { frequency: between(rng, 2.5, 4), octaves: 2 });
    this.#rough = new FractalNoise(rng, { frequency: between(rng, 8, 13), octaves: 2 });
    this.#roughness = between(rng, 0.06, 0.16);
    const side = direction(rng);
    this.#edge = { ...side, sharp: between(rng, 0.04, 0.09), soft: between(rng, 0.12, 0.35) };
    const tilt = direction(rng);
    const slope = between(rng, 0.25, 0.6);
    this.#tilt = { x: slope * tilt.x, y: slope * tilt.y };
    this.#melanin = between(rng, 0.5, 0.9) * between(rng, 1, 1.7);
    this.#depth = Math.max(0, between(rng, -0.15, 0.3));
    this.#blood = between(rng, 0, 0.2);
    this.#contrast = between(rng, 0.7, 1.3);
    this.#patches = drawPatches(rng);
    this.#dots = new CellNoise(rng, { frequency: between(rng, 7, 13), jitter: 1 });
    this.#dotStrength = chance(rng, 0.6) ? between(rng, 0.4, 1.4) : 0;
  }

  /** Adds the lesion's pigments at a point to those of the skin. */
  add(x: number, y: number, into: Pigments): void {
    const outline = this.#outline;
    if (outline.isFar(x, y)) return;
    outline.visit(x + this.#bend * this.#bendX.at(x, y), y + this.#bend * this.#bendY.at(x, y));
    const { u, v } = outline;
    const islands = this.#islands.at(x, y);
    const rough = this.#rough.at(x, y);
    const margin = outline.margin + this.#roughness * (rough + 1.2 * islands);
    const facing = smooth(-0.5, 0.5, u * this.#edge.x + v * this.#edge.y);
    const fade = this.#edge.sharp + facing * (this.#edge.soft - this.#edge.sharp);
    const cover = smooth(-0.3 * fade, fade, margin);
    const dots = this.#dotStrength === 0 ? 0 : this.#dotsAt(x, y, margin);
    if (cover === 0 && dots === 0) return;

    const tone = 1 + u * this.#tilt.x + v * this.#tilt.y + this.#contrast * islands + 0.6 * rough;
    let kept = cover;
    for (const patch of this.#patches) {
      const du = u - patch.x;
      const dv = v - patch.y;
      const distance = Math.sqrt(du * du + dv * dv) * patch.inverseRadius;
      if (distance > 2) continue;
      const weight = cover * smooth(-0.3, 0.5, 1 - distance + 0.9 * islands + 0.55 * rough);
      for (let pigment = 0; pigment < 4; pigment++) into[pigment]! += weight * patch.pigments[pigment]!;
      kept -= kept * weight * patch.thins;
    }
    into[MELANIN]! += kept * this.#melanin * Math.max(0.25, tone) + dots;
    into[DEEP_MELANIN]! += kept * this.#depth;
    into[BLOOD]! += this.#blood * cover;
  }

  /** Melanin of dots and globules of differing size, strewn over one part of the lesion and just beyond its border. */
  #dotsAt(x: number, y: number, margin: number): number {
    const reach = smooth(-0.16, 0.02, margin) * (1 - smooth(0.3, 0.6, margin));
    if (reach === 0) return 0;
    const dots = this.#dots;
    dots.visit(x, y);
    const size = 0.1 + 0.24 * dots.trait;
    return size <= 0.05 ? 0 : this.#dotStrength * reach * (1 - smooth(0.4 * size, 1.4 * size, dots.nearest));
  }
}
