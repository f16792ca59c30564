import { describe, expect, test } from 'vitest';
import { isWide, omissions, plot, smoothingSpan, type Series } from './curve-series.ts';

const series = (values: readonly number[]): Series => ({
  label: 'generator',
  colour: '#000000',
  steps: values.map((_, i) => i * 10),
  values,
});

/** 0…9 over and over, and one outlier. */
const spiky = (outlier: number): Series =>
  series(Array.from({ length: 500 }, (_, i) => (i === 250 ? outlier : i % 10)));

describe('plotted series', () => {
  test('the range leaves out what would squeeze the rest, and nothing else', () => {
    expect(plot([spiky(1000)], { log: false, span: 5 }).range).toEqual([0, 9]);
    expect(plot([spiky(12)], { log: false, span: 5 }).range).toEqual([0, 12]);
    expect(plot([series([1, 2, 1000])], { log: false, span: 1 }).range).toEqual([1, 1000]);
    expect(plot([series([NaN, Infinity])], { log: false, span: 5 }).range).toBeUndefined();
  });

  test('one outlier does not carry the mean away', () => {
    const [plotted] = plot([spiky(1e30)], { log: false, span: 20 }).plotted;
    expect(Math.max(...plotted!.line.ys)).toBeLessThan(9);
    expect(plotted!.raw.ys[250]).toBe(1e30);
  });

  test('are logarithms on a log scale, where there are any', () => {
    const { plotted, range } = plot([series([100, 0, -1, NaN, 0.1])], { log: true, span: 1 });
    expect(plotted[0]!.raw.ys).toEqual([2, NaN, NaN, NaN, -1]);
    expect(range).toEqual([-1, 2]);
    expect(omissions(plotted[0]!, { low: -1, high: 2 })).toEqual([
      'generator: 1 of 5 values not finite, the first at step 30 (gaps)',
      'generator: 2 of 5 values not above 0, so not on a log scale (gaps)',
    ]);
  });

  test('wide is a factor of 100 between all but the extremes, and no sign change', () => {
    const powers = Array.from({ length: 100 }, (_, i) => 10 ** (i / 25));
    expect(isWide([series(powers)])).toBe(true);
    expect(isWide([series([...powers, -1])])).toBe(false);
    expect(isWide([series([...Array<number>(99).fill(1), 1e9])])).toBe(false);
    expect(isWide([])).toBe(false);
  });

  test('few points are not smoothed', () => {
    expect([0, 59, 60, 400, 1e6].map(smoothingSpan)).toEqual([1, 1, 5, 10, 500]);
  });
});
