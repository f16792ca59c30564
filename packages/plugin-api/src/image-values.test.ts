import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denormalise, normaliseBatch } from './image-values.ts';

const images = {
  size: 1,
  channels: 3,
  count: 3,
  pixels: Uint8Array.from([0, 51, 102, 153, 204, 255, 1, 2, 3]),
};

describe('normaliseBatch', () => {
  it('maps bytes to [−1, 1], image by image in the order asked', () => {
    const out = new Float32Array(7).fill(9);
    normaliseBatch(images, [1, 0], out);
    expect([...out]).toEqual([...[153, 204, 255, 0, 51, 102].map((v) => Math.fround(v / 127.5 - 1)), 9]);
    expect(out[2]).toBe(1);
    expect(out[3]).toBe(-1);
  });

  it('refuses what does not fit', () => {
    expect(() => normaliseBatch(images, [0, 1], new Float32Array(5))).toThrow(
      'batch of 2 images needs 6 floats, got 5',
    );
    expect(() => normaliseBatch(images, [3], new Float32Array(3))).toThrow('no image 3 among 3');
    expect(() => normaliseBatch(images, [-1], new Float32Array(3))).toThrow('no image -1 among 3');
    expect(() => normaliseBatch(images, [0.5], new Float32Array(3))).toThrow('no image 0.5 among 3');
  });
});

describe('denormalise', () => {
  it('gives every byte back', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const floats = new Float32Array(256);
    normaliseBatch({ size: 16, channels: 1, count: 1, pixels: all }, [0], floats);
    expect(denormalise(floats)).toEqual(all);
  });

  it('rounds to the nearest and clamps', () => {
    const levels = Float32Array.from([
      -3,
      -1 + 0.4 / 127.5,
      -1 + 0.6 / 127.5,
      0,
      7,
      NaN,
      Infinity,
      -Infinity,
    ]);
    expect([...denormalise(levels)]).toEqual([0, 0, 1, 128, 255, 0, 255, 0]);
  });

  it('is never more than half a level off', () => {
    fc.assert(
      fc.property(fc.float({ min: -1, max: 1, noNaN: true }), (value) => {
        const [byte] = denormalise(Float32Array.of(value));
        expect(Math.abs(byte! - (value + 1) * 127.5)).toBeLessThanOrEqual(0.5 + 1e-4);
      }),
    );
  });

  it('writes into the array it is given', () => {
    const out = new Uint8Array(1);
    expect(denormalise(Float32Array.of(1), out)).toBe(out);
    expect(() => denormalise(Float32Array.of(1, 1), out)).toThrow('2 values do not fit 1 bytes');
  });
});
