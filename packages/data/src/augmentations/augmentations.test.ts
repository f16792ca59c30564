import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng, type ByteSquare, type Rng } from '@medgan/plugin-api';
import colourJitter, { type ColourJitterOptions } from './colour-jitter.ts';
import horizontalFlip from './horizontal-flip.ts';
import quarterTurns from './quarter-turns.ts';
import verticalFlip from './vertical-flip.ts';

/** 1 2 / 3 4, grey. */
const four: ByteSquare = { size: 2, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4) };

/** Draws the given uniforms in turn, the last one again and again. */
function drawing(...uniforms: number[]): Rng {
  let next = 0;
  const uniform = (): number => uniforms[Math.min(next++, uniforms.length - 1)]!;
  return { ...createRng(0), uniform, integer: (bound) => Math.floor(uniform() * bound) };
}

describe('flips and turns', () => {
  it('move every pixel to where it belongs', () => {
    const always = { probability: 1 };
    expect([...horizontalFlip.apply(four, createRng(0), always)]).toEqual([2, 1, 4, 3]);
    expect([...verticalFlip.apply(four, createRng(0), always)]).toEqual([3, 4, 1, 2]);
    const turned = (turns: number): number[] => [...quarterTurns.apply(four, drawing(turns / 4), {})];
    expect([0, 1, 2, 3].map(turned)).toEqual([
      [1, 2, 3, 4],
      [2, 4, 1, 3],
      [4, 3, 2, 1],
      [3, 1, 4, 2],
    ]);
  });

  it('keep the channels of a pixel together', () => {
    const row: ByteSquare = { size: 2, channels: 3, pixels: Uint8Array.from({ length: 12 }, (_, i) => i) };
    expect([...horizontalFlip.apply(row, createRng(0), { probability: 1 })]).toEqual([
      3, 4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8,
    ]);
  });

  it('happen as often as asked', () => {
    const share = (probability: number): number =>
      Array.from({ length: 1000 }, (_, i) =>
        horizontalFlip.apply(four, createRng(i), { probability }).at(0) === 2 ? 1 : 0,
      ).reduce<number>((a, b) => a + b, 0) / 1000;
    expect(share(0)).toBe(0);
    expect(share(1)).toBe(1);
    expect(share(0.5)).toBeGreaterThan(0.45);
    expect(share(0.5)).toBeLessThan(0.55);
    expect(share(0.2)).toBeLessThan(0.25);
  });
});

describe('colour jitter', () => {
  const NONE: ColourJitterOptions = { brightness: 0, contrast: 0, saturation: 0, hue: 0 };
  const pixel = (rgb: readonly number[], rng: Rng, options: ColourJitterOptions): number[] => [
    ...colourJitter.apply({ size: 1, channels: 3, pixels: Uint8Array.from(rgb) }, rng, options),
  ];

  it('multiplies colours by the brightness drawn', () => {
    const at = (draw: number): number[] => pixel([100, 50, 200], drawing(draw), { ...NONE, brightness: 0.2 });
    expect(at(0)).toEqual([80, 40, 160]);
    expect(at(0.5)).toEqual([100, 50, 200]);
    expect(at(0.999999)).toEqual([120, 60, 240]);
  });

  it('spreads grey levels about their mean by the contrast drawn', () => {
    const grey: ByteSquare = { size: 2, channels: 1, pixels: Uint8Array.of(60, 140, 100, 100) };
    // The first draw is the brightness, the second the contrast.
    const more = colourJitter.apply(grey, drawing(0.5, 0.999999), { ...NONE, contrast: 0.5 });
    expect([...more]).toEqual([40, 160, 100, 100]);
  });

  it('makes a colour grey at no saturation, its luma unchanged', () => {
    const grey = pixel([200, 100, 50], drawing(0.5, 0.5, 0, 0.5), { ...NONE, saturation: 1 });
    const luma = 0.299 * 200 + 0.587 * 100 + 0.114 * 50;
    for (const value of grey) expect(Math.abs(value - luma)).toBeLessThanOrEqual(1);
  });

  it('turns hues and leaves grey alone', () => {
    const half = drawing(0.5, 0.5, 0.5, 0);
    const [r, g, b] = pixel([180, 100, 100], half, { ...NONE, hue: 0.5 }) as [number, number, number];
    expect(r).toBeLessThan(Math.min(g, b));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.double({ min: 0, max: 1, noNaN: true }), (v, draw) => {
        const turned = pixel([v, v, v], drawing(0.5, 0.5, draw, draw), { ...NONE, saturation: 1, hue: 0.5 });
        for (const value of turned) expect(Math.abs(value - v)).toBeLessThanOrEqual(1);
      }),
      { seed: 1 },
    );
  });

  it('changes nothing when everything is 0, and clamps instead of wrapping round', () => {
    expect(pixel([1, 128, 254], createRng(3), NONE)).toEqual([1, 128, 254]);
    expect(pixel([250, 250, 250], drawing(0.999999, 0.5), { ...NONE, brightness: 1 })).toEqual([
      255, 255, 255,
    ]);
  });
});
