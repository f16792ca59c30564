import assert from 'node:assert/strict';
import { createRng } from '@medgan/plugin-api';
import type { Check } from '../check.ts';
import { assertPartOf, assertRefused } from './choice-checks.ts';
import { assertSameImages } from './image-checks.ts';
import { withTinyDataset, type DatasetSubject } from './open-tiny.ts';

const RULE = { fractions: { most: 0.5, rest: 0.5 }, seed: 3 };

/** Rules about parts, for datasets that can give them. */
export const splitChecks: readonly Check<DatasetSubject>[] = [
  {
    name: 'gives parts that share no image and no group, and are the whole together',
    appliesTo: ({ dataset }) => dataset.splittable === true,
    run: (subject) =>
      withTinyDataset(subject, async (open) => {
        const whole = await open();
        const parts = [];
        for (const part of Object.keys(RULE.fractions)) parts.push(await open({ split: { ...RULE, part } }));
        const names = parts.flatMap((part) => part.names);
        assert.equal(new Set(names).size, names.length, 'an image is in two parts');
        assert.deepEqual(names.sort(), whole.names.toSorted(), 'the parts are not the whole');
        for (const part of parts) await assertPartOf(part, whole);
        const groups = parts.flatMap((part) => [...new Set(part.groups)]);
        assert.equal(new Set(groups).size, groups.length, 'a group is in two parts');
      }),
  },
  {
    name: 'gives the same part every time, whatever the random stream, and refuses one that nobody named',
    appliesTo: ({ dataset }) => dataset.splittable === true,
    run: (subject) =>
      withTinyDataset(subject, async (open) => {
        const split = { ...RULE, part: 'most' };
        await assertSameImages(await open({ split, rng: createRng('another') }), await open({ split }));
        await assertRefused(open({ split: { ...RULE, part: 'no such part' } }), /no such part/);
      }),
  },
];
