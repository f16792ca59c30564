import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankAgreement, type RankedItem } from './rank-agreement.ts';

const item = (mean: number, published: number, sd?: number): RankedItem => ({
  ours: { mean, sd, n: sd === undefined ? 1 : 3 },
  published,
});

/** Values of few decimals: ties come up. */
const items = fc.array(
  fc
    .tuple(
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 0, max: 9 }),
      fc.option(fc.integer({ min: 0, max: 4 })),
    )
    .map(([ours, published, sd]) => item(ours / 10, published / 10, sd === null ? undefined : sd / 10)),
  { maxLength: 7 },
);

describe('rankAgreement', () => {
  it('is Kendall’s τ_b', () => {
    // Worked by hand: 6 pairs, 3 concordant, 1 discordant, one tie on either side.
    const some = [item(1, 1), item(2, 3), item(2, 2), item(3, 2)];
    expect(rankAgreement(some, 0)).toEqual({
      tau: 2 / 5,
      concordant: 3,
      discordant: 1,
      undecided: 1,
      tied: 1,
    });
  });

  it('takes what is equal in print for equal', () => {
    const some = [item(0.2512, 0.25), item(0.2494, 0.25), item(0.3, 0.3), item(0.301, 0.35)];
    expect(rankAgreement(some, 2)).toMatchObject({ concordant: 4, discordant: 0, undecided: 1, tied: 1 });
  });

  it('leaves undecided what the seeds do not distinguish', () => {
    const some = [item(12, 12, 0.5), item(12.4, 13, 0.5), item(14, 11, 0.1)];
    expect(rankAgreement(some, 2)).toMatchObject({ concordant: 0, discordant: 2, undecided: 1 });
    expect(rankAgreement([item(12, 12), item(12.4, 13)], 2)).toMatchObject({ concordant: 1, undecided: 0 });
    expect(rankAgreement([item(NaN, 12), item(12.4, 13)], 2)).toMatchObject({
      tau: undefined,
      concordant: 0,
    });
  });

  it('counts every pair once and stays within −1 and 1', () => {
    fc.assert(
      fc.property(items, (list) => {
        const { tau, concordant, discordant, undecided, tied } = rankAgreement(list, 1);
        expect(concordant + discordant + undecided + tied).toBe((list.length * (list.length - 1)) / 2 + 0);
        if (tau !== undefined) expect(Math.abs(tau)).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  it('does not depend on the order of the settings', () => {
    fc.assert(
      fc.property(
        items.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          const [here, there] = [rankAgreement(list, 1), rankAgreement(shuffled, 1)];
          expect(there).toEqual(here);
        },
      ),
    );
  });

  it('turns round when one side does', () => {
    fc.assert(
      fc.property(items, (list) => {
        const here = rankAgreement(list, 1);
        const there = rankAgreement(
          list.map(({ ours, published }) => ({ ours, published: -published })),
          1,
        );
        expect([there.concordant, there.discordant]).toEqual([here.discordant, here.concordant]);
        expect(there.tau === undefined ? undefined : there.tau + here.tau!).toBe(
          here.tau === undefined ? undefined : 0,
        );
      }),
    );
  });

  it('is 1 for the published values themselves, unless all are equal', () => {
    fc.assert(
      fc.property(items, (list) => {
        const same = list.map(({ published }) => item(published, published));
        const { tau, discordant } = rankAgreement(same, 1);
        expect(discordant).toBe(0);
        const distinct = new Set(same.map(({ published }) => published)).size;
        if (distinct < 2) expect(tau).toBeUndefined();
        else expect(tau).toBeCloseTo(1, 12);
      }),
    );
  });
});
