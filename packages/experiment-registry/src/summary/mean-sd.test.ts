import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanSd, rangeOf } from './mean-sd.ts';

const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 8 });

describe('meanSd', () => {
  it('is the sample deviation, and none for a single value', () => {
    expect(meanSd([])).toBeUndefined();
    expect(meanSd([12.5])).toEqual({ mean: 12.5, sd: undefined, n: 1 });
    expect(meanSd([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, sd: Math.sqrt(32 / 7), n: 8 });
  });

  it('keeps what is no number in sight', () => {
    expect(meanSd([1, NaN])!.mean).toBeNaN();
    expect(meanSd([NaN, 1])!.mean).toBeNaN();
    expect(meanSd([1, Infinity])!.mean).toBe(Infinity);
  });

  it('moves with its values, and its deviation does not', () => {
    fc.assert(
      fc.property(values, fc.double({ min: -1e3, max: 1e3, noNaN: true }), (list, shift) => {
        const [here, there] = [meanSd(list)!, meanSd(list.map((value) => value + shift))!];
        expect(there.mean).toBeCloseTo(here.mean + shift, 6);
        expect(there.sd ?? 0).toBeCloseTo(here.sd ?? 0, 6);
        const range = rangeOf(list)!;
        expect(here.mean).toBeGreaterThanOrEqual(range.min - 1e-9);
        expect(here.mean).toBeLessThanOrEqual(range.max + 1e-9);
      }),
    );
  });

  it('is exactly 0 for equal values', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 2, max: 6 }),
        (value, n) => {
          expect(meanSd(Array<number>(n).fill(value))).toEqual({ mean: value + 0, sd: 0, n });
        },
      ),
    );
  });
});
