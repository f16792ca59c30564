import type { Rng } from '@medgan/plugin-api';
import { bell, between, chance, direction } from './draw.ts';
import type { StrokeLayer, StrokePoint } from './strokes.ts';

const PIECES = 10;

/** Colours of hair, [red, green, blue] in [0, 1]: black, brown, fair. */
const COLOURS = [
  [0.07, 0.055, 0.06],
  [0.2, 0.11, 0.07],
  [0.62, 0.5, 0.38],
] as const;

/** One strand: a quadratic curve that thins out to its tip. */
interface Strand {
  readonly points: readonly StrokePoint[];
  readonly opacity: number;
}

/** The hairs over a lesion: none, a few, or a coat of them growing roughly one way. */
export class Hair {
  readonly colour: readonly [number, number, number];
  readonly #strands: readonly Strand[];

  /** `share`: how many of all images have hair. */
  constructor(rng: Rng, share: number) {
    const present = chance(rng, share);
    this.colour = COLOURS[chance(rng, 0.15) ? 2 : chance(rng, 0.5) ? 1 : 0];
    const count = !present ? 0 : chance(rng, 0.3) ? 18 + rng.integer(20) : 2 + rng.integer(11);
    const growth = direction(rng);
    const thickness = between(rng, 0.003, 0.008);
    this.#strands = Array.from({ length: count }, () => drawStrand(rng, growth, thickness));
  }

  drawOn(layer: StrokeLayer): void {
    for (const strand of this.#strands) layer.draw(strand.points, strand.opacity);
  }
}

function drawStrand(rng: Rng, growth: { x: number; y: number }, thickness: number): Strand {
  const length = between(rng, 0.35, 1.5);
  const x = between(rng, -1.1, 1.1);
  const y = between(rng, -1.1, 1.1);
  const turn = 0.3 * bell(rng);
  const forward = { x: growth.x - turn * growth.y, y: growth.y + turn * growth.x };
  const bow = 0.11 * length * bell(rng);
  const radius = thickness * between(rng, 0.6, 1.2);
  const points = Array.from({ length: PIECES + 1 }, (_, i) => {
    const t = i / PIECES;
    const along = (t - 0.5) * length;
    const aside = 4 * bow * t * (1 - t);
    return {
      x: x + along * forward.x - aside * forward.y,
      y: y + along * forward.y + aside * forward.x,
      radius: radius * (1 - 0.6 * t * t),
    };
  });
  return { points, opacity: between(rng, 0.7, 0.95) };
}
