import { defineAugmentation, type Augmentation } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { augmentationChecks, augmentationContract, brokenRules } from './index.ts';

/** Turns the levels round, in every second image. */
const right = defineAugmentation({
  name: 'invert',
  summary: 'black for white',
  reference: 'none',
  options: { type: 'object', properties: {}, additionalProperties: false },
  tiny: {},
  apply: ({ pixels }, rng) => (rng.uniform() < 0.5 ? pixels.map((value) => 255 - value) : pixels),
});

augmentationContract(right);

let calls = 0;
const WRONG: readonly [fault: string, change: Partial<Augmentation>, rule: string, reason: RegExp][] = [
  ['a crop', { apply: ({ pixels }) => pixels.slice(1) }, 'gives bytes in the shape', /1×1×1: bytes/],
  [
    'floats',
    { apply: ({ pixels }) => Float32Array.from(pixels) as unknown as Uint8Array },
    'gives bytes in the shape',
    /not a Uint8Array/,
  ],
  [
    'work in place',
    { apply: ({ pixels }, rng) => (rng.uniform() < 0.5 ? pixels.reverse() : pixels) },
    'leaves the image',
    /was written to/,
  ],
  [
    'a memory',
    { apply: ({ pixels }) => pixels.map((value) => value + ++calls) },
    'gives the same bytes',
    /other bytes the second time/,
  ],
  ['no chance', { apply: ({ pixels }) => pixels }, 'gives different images', /does not matter/],
];

describe('the augmentation contract', () => {
  it.each(WRONG)('finds: %s', async (...[, change, rule, reason]) => {
    const rules = augmentationChecks.filter(({ name }) => name.startsWith(rule));
    expect(await brokenRules(rules, { augmentation: { ...right, ...change }, options: {} })).toEqual([
      { name: rules[0]!.name, reason: expect.stringMatching(reason) },
    ]);
  });
});
