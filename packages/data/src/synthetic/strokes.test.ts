import { describe, expect, it } from 'vitest';
import { StrokeLayer } from './strokes.ts';

const total = (layer: StrokeLayer): number => layer.coverage.reduce((sum, value) => sum + value, 0);

describe('a stroke', () => {
  it.each([
    ['thick', 0.06],
    ['a sample wide', 1 / 64],
    ['far thinner than a sample', 0.001],
  ])('covers its own area: %s', (_, radius) => {
    const layer = new StrokeLayer(64);
    const ends = { from: { x: -0.8, y: -0.31, radius }, to: { x: 0.8, y: 0.13, radius } };
    layer.draw([ends.from, ends.to], 1);
    const length = Math.hypot(1.6, 0.44) * 32;
    const width = 2 * radius * 32;
    expect(total(layer) / (length * width)).toBeGreaterThan(0.85);
    expect(total(layer) / (length * width)).toBeLessThan(1.2);
  });

  it('may leave the picture', () => {
    const layer = new StrokeLayer(16);
    layer.draw(
      [
        { x: -3, y: 0.1, radius: 0.1 },
        { x: 3, y: 0.1, radius: 0.1 },
      ],
      0.5,
    );
    expect(Math.max(...layer.coverage)).toBe(0.5);
    const outside = new StrokeLayer(16);
    outside.draw(
      [
        { x: 2, y: 2, radius: 0.1 },
        { x: 3, y: 2, radius: 0.1 },
      ],
      0.5,
    );
    expect(total(outside)).toBe(0);
  });
});
