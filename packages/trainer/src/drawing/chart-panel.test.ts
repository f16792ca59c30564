import { describe, expect, test } from 'vitest';
import { layOutLegend, legendHeight, linePath } from './chart-panel.ts';

describe('linePath', () => {
  const same = (x: number, y: number): [number, number] => [x, y];

  test('goes from point to point by differences, with gaps, and dots for points alone', () => {
    const ys = [5, 3, 8.04, NaN, 7, NaN, NaN, 1, 1];
    expect(linePath({ xs: [0, 1, 2, 3, 4, 5, 6, 7, 8], ys }, same)).toBe('M0 5l1-2 1 5M4 7h0M7 1l1 0');
  });

  test('rounding does not add up', () => {
    const xs = Array.from({ length: 1000 }, (_, i) => i * 0.149);
    const path = linePath({ xs, ys: xs.map(() => 0) }, same);
    const moved = path
      .slice(5)
      .split(' ')
      .filter((_, i) => i % 2 === 0)
      .reduce((sum, dx) => sum + Number(dx), 0);
    expect(moved).toBeCloseTo(999 * 0.149, 1);
  });

  test('is empty without a point', () => {
    expect(linePath({ xs: [0, 1], ys: [NaN, NaN] }, same)).toBe('');
  });
});

describe('legend', () => {
  test('breaks into rows where it is too wide', () => {
    const labels = ['generator', 'discriminator', 'gradient penalty'];
    expect(layOutLegend(labels, 1000).map(({ row }) => row)).toEqual([0, 0, 0]);
    expect(layOutLegend(labels, 290).map(({ row }) => row)).toEqual([0, 0, 1]);
    expect(layOutLegend(labels, 10).map(({ x, row }) => [x, row])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
    ]);
    expect(legendHeight(labels, 10) - legendHeight(labels, 1000)).toBe(
      2 * legendHeight(['a'], 9) - 2 * legendHeight([], 9),
    );
  });
});
