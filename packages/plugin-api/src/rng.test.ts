import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from './rng.ts';

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

/** Mean of f over the values. */
const moment = (values: ArrayLike<number>, f: (x: number) => number): number => mean(Array.from(values, f));

describe('a stream', () => {
  it('gives these numbers on every machine (checked against the same algorithm written in Python)', () => {
    const rng = createRng(42);
    expect([rng.uniform(), rng.uniform(), rng.uniform()]).toEqual([
      0.3701514774136456, 0.07404982289234918, 0.16344625791623868,
    ]);
    expect(createRng(42).split('step/1').uniform()).toBe(0.028446666421268474);
    expect([...createRng(42).permutation(8)]).toEqual([7, 5, 1, 4, 3, 6, 0, 2]);
    expect([...createRng(42).normals(4)].map((v) => v.toFixed(7))).toEqual([
      '0.8593259',
      '0.4314057',
      '0.0836682',
      '-0.5915477',
    ]);
  });

  it('is the same for a seed and its text, and another for another seed', () => {
    expect(createRng(7).uniform()).toBe(createRng('7').uniform());
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        fc.pre(a !== b);
        expect(createRng(a).normals(2)).not.toEqual(createRng(b).normals(2));
      }),
    );
  });

  it('draws numbers one by one as it draws them at once', () => {
    const [one, all] = [createRng(3), createRng(3)];
    expect(Float32Array.from({ length: 7 }, () => one.normal())).toEqual(all.normals(7));
    expect(Float32Array.from({ length: 7 }, () => one.uniform())).toEqual(all.uniforms(7));
  });
});

describe('split', () => {
  it('does not depend on what was drawn before, nor on other splits', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(50), fc.string(), (label, draws, other) => {
        const fresh = createRng(1).split(label).normals(4);
        const used = createRng(1);
        used.normals(draws);
        used.split(other).uniform();
        expect(used.split(label).normals(4)).toEqual(fresh);
      }),
    );
  });

  it('takes nothing from its parent', () => {
    const [whole, split] = [createRng(5), createRng(5)];
    split.split('a').normals(10);
    expect(split.normals(4)).toEqual(whole.normals(4));
  });

  it('gives neighbours that have nothing in common', () => {
    const count = 20_000;
    const root = createRng(1);
    const first = Float64Array.from({ length: count }, (_, i) => root.split(`step/${i}`).uniform());
    expect(new Set(first).size).toBe(count);
    // 5 standard errors; lag-1 products of centred uniforms have variance 1/144.
    expect(Math.abs(mean(first) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / count));
    const products = Array.from(first.subarray(1), (v, i) => (v - 0.5) * (first[i]! - 0.5));
    expect(Math.abs(mean(products))).toBeLessThan((5 * (1 / 12)) / Math.sqrt(count));
  });
});

describe('uniform', () => {
  it('fills [0, 1) evenly', () => {
    const values = createRng(11).uniforms(100_000);
    expect(values.every((v) => v >= 0 && v < 1)).toBe(true);
    const bins = new Array<number>(100).fill(0);
    for (const v of values) bins[Math.floor(v * 100)]!++;
    const chiSquare = bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    // 99 degrees of freedom: mean 99, sd 14.
    expect(chiSquare).toBeGreaterThan(99 - 4 * 14);
    expect(chiSquare).toBeLessThan(99 + 4 * 14);
  });

  it('stays below 1 as float32', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(
          createRng(seed)
            .uniforms(20)
            .every((v) => v >= 0 && v < 1),
        ).toBe(true);
      }),
    );
  });
});

describe('normal', () => {
  it('has the moments and tails of N(0, 1)', () => {
    const count = 100_000;
    const values = createRng(12).normals(count);
    const error = 5 / Math.sqrt(count);
    expect(Math.abs(mean(values))).toBeLessThan(error);
    expect(Math.abs(moment(values, (x) => x ** 2) - 1)).toBeLessThan(error * Math.sqrt(2));
    expect(Math.abs(moment(values, (x) => x ** 3))).toBeLessThan(error * Math.sqrt(15));
    expect(Math.abs(moment(values, (x) => x ** 4) - 3)).toBeLessThan(error * Math.sqrt(96));
    expect(Math.abs(moment(values, (x) => Number(Math.abs(x) > 1.96)) - 0.05)).toBeLessThan(error * 0.22);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it('draws pairs that do not go together', () => {
    const values = createRng(13).normals(100_000);
    const products = Array.from({ length: 50_000 }, (_, i) => values[2 * i]! * values[2 * i + 1]!);
    expect(Math.abs(mean(products))).toBeLessThan(5 / Math.sqrt(50_000));
  });
});

describe('integer', () => {
  it('is even over its range, and refuses a range that is none', () => {
    const rng = createRng(14);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[rng.integer(7)]!++;
    for (const count of counts)
      expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(10_000 * (6 / 7)));
    for (const bound of [0, -1, 1.5, NaN, Infinity]) {
      expect(() => rng.integer(bound)).toThrow(`integer bound must be ≥ 1, got ${bound}`);
    }
  });
});

describe('permutation', () => {
  it('is one', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(200), (seed, count) => {
        const order = createRng(seed).permutation(count);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
    );
  });

  it('gives each order alike', () => {
    const rng = createRng(15);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = rng.permutation(4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000));
  });
});
