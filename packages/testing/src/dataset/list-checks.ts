import assert from 'node:assert/strict';
import type { DatasetContext } from '@medgan/plugin-api';
import type { Check } from '../check.ts';
import { withTinyDataset, type DatasetSubject } from './open-tiny.ts';

/** Rules for datasets that can list their images without decoding them. */
export const listChecks: readonly Check<DatasetSubject>[] = [
  {
    name: 'lists what it opens, in the same order, with its classes and groups',
    appliesTo: ({ dataset }) => dataset.list !== undefined,
    run: (subject) =>
      withTinyDataset(subject, async (open, list) => {
        const [first] = (await open()).classes;
        const requests: Partial<DatasetContext>[] = [
          {},
          { classes: [first!] },
          { subset: 2, subsetOrder: 'seeded' },
        ];
        if (subject.dataset.splittable === true)
          requests.push({ split: { part: 'b', fractions: { a: 0.5, b: 0.5 }, seed: 1 } });
        for (const request of requests) {
          const [opened, listed] = [await open(request), await list(request)];
          assert.deepEqual([...listed.names], [...opened.names], 'other images or another order');
          assert.deepEqual([...listed.labels], [...opened.labels], 'other labels');
          assert.deepEqual([...listed.classes], [...opened.classes], 'other classes');
          assert.deepEqual(
            listed.groups && [...listed.groups],
            opened.groups && [...opened.groups],
            'other groups',
          );
        }
      }),
  },
];
