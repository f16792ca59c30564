import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thinCurves } from './thin-curve.ts';

const steps = (values: readonly number[]): { x: number[]; y: readonly number[] } => ({
  x: values.map((_, index) => index + 1),
  y: values,
});

describe('thinCurves', () => {
  it('keeps mean and extremes of every stretch', () => {
    expect(thinCurves([steps([1, 3, 10, 20])], 2)).toEqual([
      { x: 1.75, mean: 2, min: 1, max: 3 },
      { x: 3.25, mean: 15, min: 10, max: 20 },
    ]);
  });

  it('is the mean over runs, however many steps each has in a stretch', () => {
    const [point] = thinCurves(
      [
        { x: [0, 1], y: [1, 1] },
        { x: [0, 0.2, 0.4, 0.6, 1], y: [3, 3, 3, 3, 3] },
      ],
      1,
    );
    expect(point).toMatchObject({ mean: 2, min: 1, max: 3 });
  });

  it('leaves out what is no number, and survives nothing at all', () => {
    expect(thinCurves([steps([NaN, 2, Infinity])], 1)).toMatchObject([{ mean: 2, min: 2, max: 2 }]);
    expect(thinCurves([steps([NaN])], 4)).toEqual([]);
    expect(thinCurves([], 4)).toEqual([]);
  });

  it('loses no spike and grows no longer than it may', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(
        fc.array(values, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 40 }),
        (runs, buckets) => {
          const points = thinCurves(runs.map(steps), buckets);
          expect(points.length).toBeLessThanOrEqual(buckets);
          expect(Math.max(...points.map(({ max }) => max))).toBe(Math.max(...runs.flat()));
          expect(Math.min(...points.map(({ min }) => min))).toBe(Math.min(...runs.flat()));
          expect(points.map(({ x }) => x)).toEqual(points.map(({ x }) => x).sort((a, b) => a - b));
        },
      ),
    );
  });
});
