import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defined } from '@medgan/files';
import { splitGroups, type SplitItem } from './split-groups.ts';

const THREE = { train: 0.8, val: 0.1, test: 0.1 };

/** Images of up to three classes; groups hold one class where `pure`, else they mix. */
const images = ({ pure }: { pure: boolean }): fc.Arbitrary<SplitItem[]> =>
  fc
    .array(fc.record({ label: fc.nat(2), group: fc.option(fc.nat(30), { nil: undefined }) }), {
      minLength: 1,
      maxLength: 120,
    })
    .map((list) =>
      list.map(({ label, group }, i) => ({
        name: `${label}/${i}.png`,
        label,
        ...defined({ group: pure && group !== undefined ? `${label}-${group}` : group?.toString() }),
      })),
    );

const fractions = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 4 }).map((weights) => {
  const total = weights.reduce((a, b) => a + b, 0);
  return Object.fromEntries(weights.map((weight, i) => [`part-${i}`, weight / total]));
});

const seed = fc.nat(1000);

describe('splitting by groups', () => {
  it('puts every image into one part, and no group on two sides', () => {
    fc.assert(
      fc.property(images({ pure: false }), fractions, seed, (items, shares, number) => {
        const parts = splitGroups(items, { fractions: shares, seed: number });
        expect(parts.every((part) => part in shares)).toBe(true);
        const sideOf = new Map<string, string>();
        items.forEach(({ group }, i) => {
          if (group === undefined) return;
          expect(sideOf.get(group) ?? parts[i]).toBe(parts[i]);
          sideOf.set(group, parts[i]!);
        });
      }),
    );
  });

  it('gives each class its share, to within its largest group', () => {
    fc.assert(
      fc.property(images({ pure: true }), fractions, seed, (items, shares, number) => {
        const parts = splitGroups(items, { fractions: shares, seed: number });
        for (const label of new Set(items.map((item) => item.label))) {
          const members = items.filter((item) => item.label === label);
          const sizes = new Map<string, number>();
          for (const { name, group } of members) {
            sizes.set(group ?? name, (sizes.get(group ?? name) ?? 0) + 1);
          }
          const largest = Math.max(...sizes.values());
          for (const [part, share] of Object.entries(shares)) {
            const count = items.filter((item, i) => item.label === label && parts[i] === part).length;
            expect(Math.abs(count - share * members.length)).toBeLessThanOrEqual(largest + 1e-9);
          }
        }
      }),
    );
  });

  it('depends on the seed and the images, not on their order', () => {
    fc.assert(
      fc.property(images({ pure: false }), seed, (items, number) => {
        const rule = { fractions: THREE, seed: number };
        const forwards = splitGroups(items, rule);
        expect(splitGroups([...items].reverse(), rule).reverse()).toEqual(forwards);
      }),
    );
    const many = Array.from({ length: 50 }, (_, i) => ({ name: `${i}`, label: 0 }));
    expect(splitGroups(many, { fractions: THREE, seed: 1 })).not.toEqual(
      splitGroups(many, { fractions: THREE, seed: 2 }),
    );
  });

  it('moves few images when others are added', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), seed, (count, number) => {
        const rule = { fractions: THREE, seed: number };
        const items = Array.from({ length: count + 1 }, (_, i) => ({ name: `${i}`, label: 0 }));
        const [before, after] = [splitGroups(items.slice(0, count), rule), splitGroups(items, rule)];
        // One more image shifts each of the two cuts by one place at most.
        expect(before.filter((part, i) => part !== after[i]).length).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('divides whole lesions of real proportions', () => {
    const items = Array.from({ length: 300 }, (_, i) => ({
      name: `${i}`,
      label: i % 3 === 0 ? 1 : 0,
      group: `lesion ${i % 3 === 0 ? 'm' : 'n'}${Math.floor(i / 6)}`,
    }));
    const parts = splitGroups(items, { fractions: THREE, seed: 0 });
    const count = (part: string, label: number): number =>
      items.filter((item, i) => item.label === label && parts[i] === part).length;
    expect(['train', 'val', 'test'].map((part) => [count(part, 0), count(part, 1)])).toEqual([
      [160, 80],
      [20, 10],
      [20, 10],
    ]);
  });
});
