import type { Rng } from '@medgan/plugin-api';
import { between, chance, direction } from './draw.ts';
import { diamondDirection } from './exact.ts';
import type { StrokeLayer, StrokePoint } from './strokes.ts';

/** What the examination leaves in a picture now and then: gel bubbles that gleam, and the ruler's dark marks. */
export class Artefacts {
  readonly #bubbles: readonly (readonly StrokePoint[])[];
  readonly #marks: readonly (readonly StrokePoint[])[];

  constructor(rng: Rng) {
    const bubbles = chance(rng, 0.06) ? 1 + rng.integer(5) : 0;
    this.#bubbles = Array.from({ length: bubbles }, () => drawBubble(rng));
    this.#marks = chance(rng, 0.04) ? drawRuler(rng) : [];
  }

  drawBubblesOn(layer: StrokeLayer): void {
    for (const bubble of this.#bubbles) layer.draw(bubble, 0.3);
  }

  drawMarksOn(layer: StrokeLayer): void {
    for (const mark of this.#marks) layer.draw(mark, 0.8);
  }
}

/** A ring, bright on the side of the light. */
function drawBubble(rng: Rng): StrokePoint[] {
  const centre = direction(rng);
  const distance = between(rng, 0.5, 1.1);
  const size = between(rng, 0.025, 0.09);
  const light = 4 * rng.uniform();
  return Array.from({ length: 21 }, (_, i) => {
    const spoke = diamondDirection(light + i / 5);
    const bright = Math.abs(i - 10) / 10;
    return {
      x: distance * centre.x + size * spoke.x,
      y: distance * centre.y + size * spoke.y,
      radius: 0.003 + 0.009 * bright,
    };
  });
}

/** A scale near the lower edge, slightly tilted: a base line, a short tick a millimetre, a long one each fifth. */
function drawRuler(rng: Rng): StrokePoint[][] {
  const left = between(rng, -0.75, -0.5);
  const base = between(rng, 0.72, 0.88);
  const tilt = between(rng, -0.1, 0.1);
  const length = between(rng, 1, 1.3);
  const point = (along: number, up: number): StrokePoint => ({
    x: left + along + tilt * up,
    y: base + tilt * along - up,
    radius: 0.006,
  });
  const ticks = Array.from({ length: 16 }, (_, i) => {
    const along = (length * i) / 15;
    return [point(along, 0), point(along, i % 5 === 0 ? 0.07 : 0.04)];
  });
  return [[point(0, 0), point(length, 0)], ...ticks];
}
