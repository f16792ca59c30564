import { describe, expect, it } from 'vitest';
import { prdc } from './prdc.ts';
import type { Rows } from './row-products.ts';
import { waveRows } from './wave-rows.testing.ts';

const line = (...values: number[]): Rows => ({
  count: values.length,
  dims: 1,
  values: Float64Array.from(values),
});

describe('prdc', () => {
  it('has the values worked out by hand', () => {
    // Real balls (k = 1): 0 ± 1, 1 ± 1, 3 ± 2, 7 ± 4. Fake balls: 0.5 ± 9.5, 10 ± 9.5.
    const real = line(0, 1, 3, 7);
    const fake = line(0.5, 10);
    expect(prdc(real, fake, { nearestK: 1 })).toEqual({
      // 0.5 is in the balls of 0 and 1; 10 in that of 7.
      precision: 1,
      // All but none: 0 and 1 and 3 and 7 are within 9.5 of 0.5.
      recall: 1,
      // (2 + 1) hits over k · fakes = 2.
      density: 1.5,
      // The balls of 0, 1 and 7 hold a fake, that of 3 (1 … 5) does not.
      coverage: 0.75,
    });
  });

  it('agrees with the definitions written out in numpy', () => {
    const real = waveRows({ count: 40, dims: 6, frequency: 0.7, scale: 1 });
    const fake = waveRows({ count: 50, dims: 6, frequency: 0.31, scale: 1.2 });
    const { precision, recall, density, coverage } = prdc(real, fake, { nearestK: 3 });
    expect([precision, recall, coverage]).toEqual([0.62, 1, 0.75]);
    expect(density).toBeCloseTo(0.5066666666666667, 12);
  });

  it('finds nothing in common between sets far apart, and everything between equal ones', () => {
    const real = waveRows({ count: 20, dims: 3, frequency: 0.7, scale: 1 });
    const away = { ...real, values: real.values.map((value) => value + 100) };
    expect(prdc(real, away)).toEqual({ precision: 0, recall: 0, density: 0, coverage: 0 });
    expect(prdc(real, real)).toMatchObject({ precision: 1, recall: 1, coverage: 1 });
  });

  it('reports its progress', () => {
    const real = waveRows({ count: 9, dims: 2, frequency: 0.7, scale: 1 });
    const reported: string[] = [];
    prdc(real, real, { onProgress: (done, total) => reported.push(`${done}/${total}`) });
    expect(reported.at(-1)).toBe('27/27');
  });
});
