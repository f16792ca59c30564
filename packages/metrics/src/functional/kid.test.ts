import { createRng } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { kid } from './kid.ts';
import type { Rows } from './row-products.ts';
import { waveRows } from './wave-rows.testing.ts';

function normalRows(
  count: number,
  dims: number,
  { seed, shift = 0 }: { seed: number; shift?: number },
): Rows {
  const rng = createRng(seed);
  return { count, dims, values: Float64Array.from({ length: count * dims }, () => rng.normal() + shift) };
}

describe('kid', () => {
  it('averages subsets to the estimate of the whole sets', () => {
    // The unbiased estimate on 20 + 20 rows by numpy is the mean over all subsets.
    const a = waveRows({ count: 20, dims: 6, frequency: 0.7, scale: 1 });
    const b = waveRows({ count: 20, dims: 6, frequency: 0.31, scale: 1.5 });
    const { mean, deviation, subsets, subsetSize } = kid(a, b, { subsets: 4000, rng: createRng(1) });
    expect(subsetSize).toBe(10);
    const error = deviation / Math.sqrt(subsets);
    expect(error).toBeLessThan(0.01);
    expect(Math.abs(mean - 0.3645561010565159)).toBeLessThan(4 * error);
  });

  it('is 0 within its error for two samples of one distribution, and not for others', () => {
    const a = normalRows(300, 8, { seed: 1 });
    const settings = { subsets: 50, rng: createRng(2) };
    const same = kid(a, normalRows(300, 8, { seed: 2 }), settings);
    expect(Math.abs(same.mean)).toBeLessThan(3 * same.deviation);
    const other = kid(a, normalRows(300, 8, { seed: 3, shift: 0.3 }), settings);
    expect(other.mean).toBeGreaterThan(5 * Math.abs(same.mean));
    expect(other.mean).toBeGreaterThan(2 * other.deviation);
  });

  it('says the same with little memory, and for the same seed', () => {
    const a = normalRows(40, 5, { seed: 1 });
    const b = normalRows(30, 5, { seed: 2 });
    const usual = kid(a, b, { subsets: 7, rng: createRng(3) });
    const frugal = kid(a, b, { subsets: 7, rng: createRng(3), memory: 0 });
    expect(frugal.mean).toBeCloseTo(usual.mean, 12);
    expect(kid(a, b, { subsets: 7, rng: createRng(3) })).toEqual(usual);
    expect(kid(a, b, { subsets: 7, rng: createRng(4) }).mean).not.toBe(usual.mean);
  });
});
