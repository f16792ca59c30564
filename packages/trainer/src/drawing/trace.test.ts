import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimate, quantile, smooth } from './trace.ts';

describe('smooth', () => {
  test('is the weighted mean of all points so far', () => {
    const ys = [4, 1, 7, 2];
    const weight = 2 / (3 + 1);
    for (const [i, mean] of smooth(ys, 3).entries()) {
      const weights = ys.slice(0, i + 1).map((_, k) => (1 - weight) ** (i - k));
      const sum = weights.reduce((total, w, k) => total + w * ys[k]!, 0);
      expect(mean).toBeCloseTo(sum / weights.reduce((a, b) => a + b), 12);
    }
  });

  test('leaves gaps out', () => {
    expect(smooth([2, NaN, 2, NaN], 5)).toEqual([2, NaN, 2, NaN]);
    expect(smooth([NaN, 3], 5)).toEqual([NaN, 3]);
  });

  test('a span of 1 changes nothing', () => {
    expect(smooth([3, 1, 4], 1)).toEqual([3, 1, 4]);
  });
});

describe('decimate', () => {
  test('keeps the extremes, the gaps and the order, in a bounded number of points', () => {
    const value = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -99, max: 99 }) }, fc.constant(NaN));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 12 }),
        (ys, buckets) => {
          const xs = ys.map((_, i) => i);
          const thin = decimate({ xs, ys }, buckets);
          expect(thin.xs.length).toBeLessThanOrEqual(3 * (buckets + 1));
          expect(thin.xs.every((x, i) => i === 0 || x > thin.xs[i - 1]! || Number.isNaN(thin.ys[i]!))).toBe(
            true,
          );
          const known = (list: readonly number[]): number[] => list.filter((y) => !Number.isNaN(y));
          expect(Math.max(...known(thin.ys))).toBe(Math.max(...known(ys)));
          expect(Math.min(...known(thin.ys))).toBe(Math.min(...known(ys)));
          expect(thin.ys.some(Number.isNaN)).toBe(ys.some(Number.isNaN));
          for (const [i, x] of thin.xs.entries()) expect(thin.ys[i]).toBe(ys[x]);
        },
      ),
    );
  });

  test('returns few points as they are', () => {
    const trace = { xs: [0, 1, 2], ys: [5, NaN, 6] };
    expect(decimate(trace, 2)).toBe(trace);
  });
});

test('quantile lies between its neighbours', () => {
  expect([0, 0.25, 0.5, 1].map((share) => quantile([1, 2, 3, 7], share))).toEqual([1, 1.75, 2.5, 7]);
});
