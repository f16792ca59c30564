import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withCure } from '@medgan/files';
import { createRng } from '@medgan/plugin-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseImages, type Choice } from './choose-images.ts';
import type { SplitItem } from './split-groups.ts';

const images = (count: number): SplitItem[] =>
  Array.from({ length: count }, (_, i) => ({ name: `${i % 2}/${i}.png`, label: i % 2 }));

const choose = (
  items: readonly SplitItem[],
  choice: Partial<Choice> & { seed?: number },
  all?: readonly SplitItem[],
): Promise<readonly SplitItem[]> =>
  chooseImages(
    items,
    { subsetOrder: 'first', rng: createRng(choice.seed ?? 0).split('data'), ...choice },
    { who: 'dataset x', ...(all ? { all } : {}) },
  );

const refusal = (choosing: Promise<unknown>): Promise<string> =>
  choosing.then(
    () => 'no error',
    (error: unknown) => withCure(error),
  );

describe('subsets', () => {
  it('lie in each other for one seed, in either order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('first' as const, 'seeded' as const),
        fc.nat(50),
        async (count, subsetOrder, seed) => {
          const whole = images(count);
          const largest = await choose(whole, { subset: count, subsetOrder, seed });
          expect(new Set(largest)).toEqual(new Set(whole));
          for (const subset of [1, Math.ceil(count / 3), Math.ceil(count / 2)]) {
            const smaller = await choose(whole, { subset, subsetOrder, seed });
            expect(smaller).toHaveLength(subset);
            if (subsetOrder === 'seeded') expect(smaller).toEqual(largest.slice(0, subset));
            else {
              const next = await choose(whole, { subset: Math.min(count, subset + 1), subsetOrder, seed });
              expect(next).toEqual(expect.arrayContaining([...smaller]));
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('hold every class in its share, to less than one image per class', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('first' as const, 'seeded' as const),
        fc.nat(1000),
        async (sizes, subsetOrder, asked) => {
          // Class folder after class folder, as they lie on a disk.
          const whole = sizes.flatMap((size, label) =>
            Array.from({ length: size }, (_, i) => ({ name: `${label}/${i}.png`, label })),
          );
          const subset = 1 + (asked % whole.length);
          const chosen = await choose(whole, { subset, subsetOrder });
          expect(chosen).toHaveLength(subset);
          for (const [label, size] of sizes.entries()) {
            const count = chosen.filter((item) => item.label === label).length;
            expect(Math.abs(count - (size * subset) / whole.length)).toBeLessThan(sizes.length);
            if (subset >= sizes.length) expect(count).toBeGreaterThan(0);
          }
        },
      ),
    );
  });

  it('are refused where there is no image at all', async () => {
    expect(await refusal(choose([], {}))).toMatch(/^dataset x found no image\n {2}cure: /);
  });

  it('are drawn by the seed', async () => {
    const draw = (seed: number): Promise<readonly SplitItem[]> =>
      choose(images(40), { subset: 10, subsetOrder: 'seeded', seed });
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
  });

  it('are taken from the part', async () => {
    const split = { part: 'test', fractions: { train: 0.8, test: 0.2 }, seed: 3 };
    const part = await choose(images(50), { split });
    expect(part).toHaveLength(10);
    const few = await choose(images(50), { split, subset: 4 });
    expect(few).toHaveLength(4);
    expect(part).toEqual(expect.arrayContaining([...few]));
    expect(await refusal(choose(images(50), { split, subset: 11 }))).toMatchInlineSnapshot(`
      "dataset x: subset 11 of 10 images of the part test
        cure: set subset to 1 … 10, or leave it out to use all"
    `);
  });
});

describe('parts', () => {
  const fractions = { train: 0.8, val: 0.1, test: 0.1 };

  it('share no image, and are the whole together', async () => {
    const parts = await Promise.all(
      Object.keys(fractions).map((part) => choose(images(60), { split: { part, fractions, seed: 1 } })),
    );
    expect(parts.map(({ length }) => length)).toEqual([48, 6, 6]);
    expect(new Set(parts.flat().map(({ name }) => name)).size).toBe(60);
  });

  it('keep a patient in one part whatever classes are asked for', async () => {
    const all = images(60).map((item, i) => ({ ...item, group: `patient ${Math.floor(i / 4)}` }));
    const split = { part: 'train', fractions, seed: 5 };
    const whole = new Set((await choose(all, { split })).map(({ name }) => name));
    for (const label of [0, 1]) {
      const wanted = all.filter((item) => item.label === label);
      const part = await choose(wanted, { split }, all);
      expect(part.map(({ name }) => name)).toEqual(
        wanted.map(({ name }) => name).filter((name) => whole.has(name)),
      );
    }
  });

  it('are refused when nobody named them, or when nothing is in them', async () => {
    expect(await refusal(choose(images(9), { split: { part: 'tain', fractions, seed: 0 } })))
      .toMatchInlineSnapshot(`
        "dataset x: no part is called "tain"; there are: train, val, test
          cure: did you mean "train"?"
      `);
    expect(await refusal(choose(images(2), { split: { part: 'val', fractions, seed: 0 } })))
      .toMatchInlineSnapshot(`
        "dataset x: the part "val" of 2 images has no image
          cure: give it a larger fraction, or use more images"
      `);
  });
});

describe('a table of parts', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'medgan-parts-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const split = async (rows: string): Promise<NonNullable<Choice['split']>> => {
    const table = join(folder, 'parts.csv');
    await writeFile(table, `file,class,split\n${rows}`);
    return { part: 'train', table };
  };
  const messageOf = async (choosing: Promise<unknown>): Promise<string> =>
    (await refusal(choosing)).replaceAll(folder, 'DIR');

  it('is followed, whatever else it holds', async () => {
    const rows = '0/0.png,a,train\n1\\1.png,b,test\n0/2.png,a,train\n9/9.png,c,train\n';
    const chosen = await choose(images(3), { split: await split(rows) });
    expect(chosen.map(({ name }) => name)).toEqual(['0/0.png', '0/2.png']);
  });

  it('is refused when it leaves images out, repeats one or tears a group', async () => {
    expect(await messageOf(choose(images(3), { split: await split('0/0.png,a,train\n') })))
      .toMatchInlineSnapshot(`
      "dataset x: 2 of 3 images are not in DIR/parts.csv
        1/1.png
        0/2.png
        cure: add them to the table, or write it anew with medgan data split"
    `);
    expect(
      await messageOf(choose(images(1), { split: await split('0/0.png,a,train\n0/0.png,a,test\n') })),
    ).toContain('parts.csv, row 3: 0/0.png comes twice');
    const grouped = images(2).map((item) => ({ ...item, group: 'lesion 7' }));
    expect(await messageOf(choose(grouped, { split: await split('0/0.png,a,train\n1/1.png,a,test\n') })))
      .toMatchInlineSnapshot(`
        "dataset x: DIR/parts.csv puts 1 groups into several parts, so the parts show the same lesions
          lesion 7
          cure: write the table anew with the groups known: medgan data split"
      `);
  });
});
