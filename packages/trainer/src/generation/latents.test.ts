import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '@medgan/plugin-api';
import { independentLatents, interpolatedLatents, slerp } from './latents.ts';

const norm = (x: Float32Array): number => Math.hypot(...x);
const difference = (a: Float32Array, b: Float32Array): number => norm(a.map((value, i) => value - b[i]!));

describe('the latent of an image', () => {
  it('depends on the seed and its number only', () => {
    const [one, two] = [0, 1].map((seed) => independentLatents(createRng(seed), { latentSize: 8 }));
    const late = one!(7);
    expect(one!(3)).not.toEqual(late);
    expect(one!(7)).toEqual(late);
    expect(two!(7)).not.toEqual(late);
  });

  it('holds no number beyond the truncation, and is left alone where there was none', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.05, max: 5, noNaN: true }), (seed, truncation) => {
        const plain = independentLatents(createRng(seed), { latentSize: 20 })(0);
        const cut = independentLatents(createRng(seed), { latentSize: 20, truncation })(0);
        expect(cut.every((value) => Math.abs(value) <= Math.fround(truncation))).toBe(true);
        if (plain.every((value) => Math.abs(value) <= truncation)) expect(cut).toEqual(plain);
      }),
    );
  });

  it.each([0, -1, NaN, 0.001])('cannot be truncated at %s', (truncation) => {
    expect(() => independentLatents(createRng(0), { latentSize: 2, truncation })).toThrow('is too small');
  });
});

describe('spherical interpolation', () => {
  const vector = fc.integer().map((seed) => createRng(seed).normals(16));

  it('begins and ends at its ends, and stays between their lengths', () => {
    fc.assert(
      fc.property(vector, vector, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, t) => {
        expect(difference(slerp(a, b, 0), a)).toBeLessThan(1e-5);
        expect(difference(slerp(a, b, 1), b)).toBeLessThan(1e-5);
        const unit = (x: Float32Array): Float32Array => x.map((value) => value / norm(x));
        expect(norm(slerp(unit(a), unit(b), t))).toBeCloseTo(1, 4);
      }),
    );
  });

  it('bears parallel, opposite and empty vectors', () => {
    const a = Float32Array.of(1, 2);
    for (const b of [a, a.map((x) => 2 * x), a.map((x) => -x), Float32Array.of(0, 0)]) {
      expect(slerp(a, b, 0.5).every(Number.isFinite)).toBe(true);
    }
  });

  it('goes row by row, each from one latent to the next', () => {
    const single = independentLatents(createRng(0), { latentSize: 4 });
    const rows = interpolatedLatents(single, 3);
    for (const [index, image] of [
      [0, 0],
      [2, 1],
      [3, 1],
      [5, 2],
    ] as const) {
      expect(difference(rows(index), single(image))).toBeLessThan(1e-6);
    }
    expect(() => interpolatedLatents(single, 1)).toThrow(
      expect.objectContaining({ cure: expect.stringContaining('both ends count') }),
    );
  });
});
