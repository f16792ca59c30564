import assert from 'node:assert/strict';
import { createRng, MedganError, type PackedImages } from '@medgan/plugin-api';
import type { Check } from '../check.ts';
import { assertSameImages } from './image-checks.ts';
import { withTinyDataset, type DatasetSubject } from './open-tiny.ts';

/** Streams that must not all draw the same subset. */
const SEEDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** Fails unless it is refused by a MedganError that says so. */
export async function assertRefused(opening: Promise<unknown>, said: RegExp): Promise<void> {
  await assert.rejects(opening, (error) => {
    assert.ok(error instanceof MedganError, `not a MedganError: ${String(error)}`);
    assert.match(error.message, said);
    return true;
  });
}

/** Fails unless every image of `part` is in `whole` under the same name, with the same pixels. */
export async function assertPartOf(part: PackedImages, whole: PackedImages): Promise<void> {
  for (const [i, name] of part.names.entries()) {
    const place = whole.names.indexOf(name);
    assert.ok(place >= 0, `${name} is not in the whole set`);
    const [a, b] = [await part.read([i]), await whole.read([place])];
    assert.ok(Buffer.compare(a, b) === 0, `${name} has other pixels`);
    const classes = [part.classes[part.labels[i]!], whole.classes[whole.labels[place]!]];
    assert.equal(classes[0], classes[1], `${name} is of another class`);
  }
}

/** Rules about classes, subsets, refusals and stopping. */
export const choiceChecks: readonly Check<DatasetSubject>[] = [
  {
    name: 'gives the classes asked for, whatever their order, with the images they have in the whole set',
    run: (subject) =>
      withTinyDataset(subject, async (open) => {
        const whole = await open();
        for (const [label, name] of whole.classes.entries()) {
          const alone = await open({ classes: [name] });
          assert.deepEqual([...alone.classes], [name]);
          assert.equal(alone.count, whole.labels.filter((l) => l === label).length, `images of ${name}`);
          await assertPartOf(alone, whole);
        }
        await assertSameImages(await open({ classes: whole.classes.toReversed() }), whole);
      }),
  },
  {
    name: 'refuses a class that it does not have, by name',
    run: (subject) =>
      withTinyDataset(subject, (open) =>
        assertRefused(open({ classes: ['no such class'] }), /no such class/),
      ),
  },
  {
    name: 'gives the first images of every class as a subset, and a smaller one lies in a larger one',
    run: (subject) =>
      withTinyDataset(subject, async (open) => {
        const whole = await open();
        const [three, two] = [await open({ subset: 3 }), await open({ subset: 2 })];
        for (const [subset, size] of [
          [three, 3],
          [two, 2],
        ] as const) {
          assert.equal(subset.count, size);
          assert.deepEqual(
            [...subset.names],
            whole.names.filter((name) => subset.names.includes(name)),
            'the order of the whole set',
          );
          const classesIn = new Set(subset.labels).size;
          assert.equal(classesIn, Math.min(size, new Set(whole.labels).size), 'classes in the subset');
          for (const label of whole.classes.keys()) {
            const namesOf = ({ names, labels }: PackedImages) => names.filter((_, i) => labels[i] === label);
            const mine = namesOf(subset);
            assert.deepEqual(mine, namesOf(whole).slice(0, mine.length), 'the first of their class');
          }
        }
        assert.ok(
          two.names.every((name) => three.names.includes(name)),
          'two lie in three',
        );
        await assertPartOf(three, whole);
        assert.equal(
          new Set([whole, three, two].map(({ fingerprint }) => fingerprint)).size,
          3,
          'one fingerprint',
        );
        await assertSameImages(await open({ subset: whole.count }), whole);
      }),
  },
  {
    name: 'draws a seeded subset by the stream given, and a smaller one begins a larger one',
    run: (subject) =>
      withTinyDataset(subject, async (open) => {
        const draw = (subset: number, seed: string) =>
          open({ subset, subsetOrder: 'seeded', rng: createRng(seed) });
        const [three, again, two] = [await draw(3, 'a'), await draw(3, 'a'), await draw(2, 'a')];
        await assertSameImages(again, three);
        assert.deepEqual([...two.names], three.names.slice(0, 2));
        await assertPartOf(three, await open());
        const drawn = await Promise.all(SEEDS.map(async (seed) => (await draw(2, seed)).names.join('\n')));
        assert.ok(new Set(drawn).size > 1, 'the stream does not matter');
      }),
  },
  {
    name: 'refuses a subset of none, and one that is larger than the set',
    run: (subject) =>
      withTinyDataset(subject, async (open) => {
        const { count } = await open();
        await assertRefused(open({ subset: count + 1 }), new RegExp(`\\b${count + 1}\\b`));
        await assertRefused(open({ subset: 0 }), /\b0\b/);
      }),
  },
  {
    name: 'refuses an option that it does not know, by name',
    run: (subject) =>
      withTinyDataset(subject, (open) => assertRefused(open({}, { 'no-such-option': 1 }), /no-such-option/)),
  },
  {
    name: 'refuses to open without a folder, and one that does not exist',
    appliesTo: ({ dataset }) => dataset.source === 'path',
    run: (subject) =>
      withTinyDataset(subject, async (open) => {
        await assertRefused(open({}, { path: undefined }), /path|folder/);
        await assertRefused(open({}, { path: 'no/such/folder' }), /no\/such\/folder/);
      }),
  },
  {
    name: 'stops when it is aborted, with the reason given',
    run: (subject) =>
      withTinyDataset(subject, async (open) => {
        const reason = new Error('enough');
        await assert.rejects(open({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
      }),
  },
];
