import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, decimalsOf, publishedDecimals, type Judgement } from './compare.ts';

const one = (mean: number): { mean: number; sd: undefined; n: number } => ({ mean, sd: undefined, n: 1 });

describe('compare', () => {
  it.each([
    [12.464, 12.46, 'higher', 'equal'],
    [12.47, 12.46, 'higher', 'better'],
    [12.44, 12.46, 'higher', 'worse'],
    [0.27, 0.25, 'lower', 'worse'],
    [0.2, 0.25, 'lower', 'better'],
    [0.2549, 0.25, 'lower', 'equal'],
  ] as const)('%f against %f, %s is better: %s', (mean, published, better, judgement) => {
    expect(compare(one(mean), { published, decimals: 2, better })).toMatchObject({
      judgement,
      withinSpread: false,
    });
  });

  it('marks a difference that the seeds have among themselves', () => {
    const rule = { published: 12, decimals: 2, better: 'higher' } as const;
    expect(compare({ mean: 12.3, sd: 0.4, n: 3 }, rule)).toMatchObject({
      judgement: 'better',
      withinSpread: true,
    });
    expect(compare({ mean: 12.3, sd: 0.2, n: 3 }, rule)).toMatchObject({ withinSpread: false });
    expect(compare(one(NaN), rule)).toBeUndefined();
  });

  it('judges the other way round when the direction is turned', () => {
    const turned: Record<Judgement, Judgement> = { better: 'worse', worse: 'better', equal: 'equal' };
    const number = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(number, number, fc.integer({ min: 0, max: 4 }), (mean, published, decimals) => {
        const higher = compare(one(mean), { published, decimals, better: 'higher' })!;
        const lower = compare(one(mean), { published, decimals, better: 'lower' })!;
        expect(lower.judgement).toBe(turned[higher.judgement]);
        expect(lower.difference).toBe(higher.difference);
      }),
    );
  });
});

it('counts printed decimals, of which the file keeps no trailing zero', () => {
  expect([12.46, 12, 0.3, 1e-7, 1.5e-7, 1e21].map(decimalsOf)).toEqual([2, 0, 1, 7, 8, 0]);
  expect(publishedDecimals([0.3, 0.04])).toBe(2);
  expect(publishedDecimals([])).toBe(0);
});
