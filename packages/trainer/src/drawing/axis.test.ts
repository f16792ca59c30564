import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatValue, linearAxis, logAxis } from './axis.ts';

const labels = (axis: { ticks: readonly { label: string }[] }): string =>
  axis.ticks.map(({ label }) => label).join(' ');
const single = fc.float({ noNaN: true, noDefaultInfinity: true }).map(Number);

describe('linear axis', () => {
  test('has ticks people expect', () => {
    expect(labels(linearAxis(0.2, 11.7, { snap: true }))).toBe('0 2 4 6 8 10 12');
    expect(labels(linearAxis(-0.3, 0.4, { snap: true }))).toBe('−0.4 −0.2 0.0 0.2 0.4');
    expect(labels(linearAxis(1, 12_500, { ticks: 8 }))).toBe('2,000 4,000 6,000 8,000 10,000 12,000');
    expect(labels(linearAxis(0, 3, { ticks: 8, integers: true }))).toBe('0 1 2 3');
    expect(labels(linearAxis(0, 5e-5, { snap: true }))).toBe('0 1e−5 2e−5 3e−5 4e−5 5e−5');
  });

  test('makes room around a single value', () => {
    expect(linearAxis(2, 2)).toMatchObject({ low: 1.8, high: 2.2 });
    expect(linearAxis(0, 0)).toMatchObject({ low: -1, high: 1 });
  });

  test('holds any float32 range with a handful of distinct ticks', () => {
    fc.assert(
      fc.property(single, single, fc.boolean(), (a, b, snap) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const axis = linearAxis(low, high, { snap });
        const tolerance = 1e-8 * Math.max(Math.abs(low), Math.abs(high));
        expect(axis.low).toBeLessThanOrEqual(low + tolerance);
        expect(axis.high).toBeGreaterThanOrEqual(high - tolerance);
        expect(axis.high).toBeGreaterThan(axis.low);
        expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
        expect(axis.ticks.length).toBeLessThanOrEqual(9);
        expect(new Set(axis.ticks.map(({ label }) => label)).size).toBe(axis.ticks.length);
        for (const { at } of axis.ticks) {
          expect(at).toBeGreaterThanOrEqual(axis.low - tolerance);
          expect(at).toBeLessThanOrEqual(axis.high + tolerance);
        }
      }),
    );
  });
});

describe('log axis', () => {
  test('has ticks in proportion to its width', () => {
    expect(labels(logAxis(-3.2, 1.4))).toBe('0.001 0.01 0.1 1 10');
    expect(labels(logAxis(-1, 1))).toBe('0.1 0.2 0.5 1 2 5 10');
    expect(labels(logAxis(-20, 10))).toBe('1e−20 1e−15 1e−10 1e−5 1 100,000 1e10');
  });

  test('holds any range with at least one and a handful of ticks', () => {
    const power = fc.double({ min: -40, max: 38, noNaN: true });
    fc.assert(
      fc.property(power, power, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(high - low > 0.5);
        const axis = logAxis(low, high);
        expect(axis.ticks.length).toBeGreaterThanOrEqual(1);
        expect(axis.ticks.length).toBeLessThanOrEqual(9);
      }),
    );
  });
});

test('values are written as people write them', () => {
  expect([12_500, 0.25, -3, 0, 40_000, 3.14159, 3e-7, -2.5e12].map((value) => formatValue(value))).toEqual([
    '12,500',
    '0.250',
    '−3.00',
    '0',
    '40,000',
    '3.14',
    '3e−7',
    '−2.5e12',
  ]);
});
