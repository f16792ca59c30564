import {
  defineSetMetric,
  MedganError,
  type FeatureRows,
  type SetMetric,
  type SetNumber,
} from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { brokenRules, setMetricChecks, setMetricContract } from './index.ts';

type Sets = Parameters<SetMetric['compute']>[0];

const meanOf = ({ values }: FeatureRows): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** How far apart the means of all features are. */
const distanceOf = ({ real, fake }: Sets): number => Math.abs(meanOf(real) - meanOf(fake));

const named = (value: number | null, change: Partial<SetNumber> = {}): ReturnType<SetMetric['compute']> => ({
  distance: { value, ...change },
});

const right = defineSetMetric({
  name: 'right',
  summary: 'Distance of the means',
  reference: 'none',
  options: { type: 'object', properties: {}, additionalProperties: false },
  values: [{ name: 'distance', direction: 'lower' }],
  minimum: () => 1,
  compute: (sets) => named(distanceOf(sets)),
});

setMetricContract(right);
// More images than the suite's own sets have.
setMetricContract({ ...right, name: 'demanding', minimum: () => 100 });

let calls = 0;

const WRONG: [fault: string, change: Partial<SetMetric>, rule: string, reason: RegExp][] = [
  ['no value', { values: [] }, 'declares its values', /it declares no value/],
  [
    'two values of one name',
    { values: [...right.values, ...right.values] },
    'declares its values',
    /two values of one name/,
  ],
  [
    'a name with its extractor',
    { values: [{ name: 'distance@pixels', direction: 'lower' }] },
    'declares its values',
    /"distance@pixels" is not kebab-case/,
  ],
  ['no image needed', { minimum: () => 0 }, 'declares its values', /the minimum is 0 images/],
  [
    'another name than the declared one',
    { compute: () => ({ length: { value: 1 } }) },
    'computes exactly the values',
    /1 real and 1 fake images/,
  ],
  [
    'a value that is not declared',
    { compute: (sets) => ({ ...named(distanceOf(sets)), length: { value: 1 } }) },
    'computes exactly the values',
    /1 real and 1 fake images/,
  ],
  [
    'an error for the fewest images',
    {
      compute: (sets) => {
        if (sets.fake.count < 2) throw new MedganError('too few fakes');
        return named(distanceOf(sets));
      },
    },
    'computes exactly the values',
    /too few fakes/,
  ],
  [
    'NaN without variance',
    { compute: (sets) => named(distanceOf(sets) / (meanOf(sets.fake) === 0 ? 0 : 1)) },
    'gives finite values',
    /images that are all alike: distance is NaN/,
  ],
  [
    'null without a reason',
    { compute: () => named(null) },
    'gives finite values',
    /distance is null without a reason/,
  ],
  [
    'a negative deviation',
    { compute: (sets) => named(distanceOf(sets), { deviation: -1 }) },
    'gives finite values',
    /deviation of distance is -1/,
  ],
  [
    'nothing but reasons',
    { compute: () => named(null, { reason: 'tired' }) },
    'gives finite values',
    /distance of 60 real and 60 fake images: tired/,
  ],
  [
    'the wrong direction',
    { values: [{ name: 'distance', direction: 'higher' }] },
    'finds fakes far from the reals',
    /distance is 3\.9\d+ for them, 0\.\d+ for/,
  ],
  ['blindness', { compute: () => named(1) }, 'finds fakes far from the reals', /no value is worse/],
  [
    'a count of its calls',
    { compute: (sets) => named(distanceOf(sets) + ++calls) },
    'gives the same values for the same sets',
    /two calls differ/,
  ],
  [
    'scratch work in the features',
    {
      compute: (sets) => {
        const value = distanceOf(sets);
        sets.fake.values.sort();
        return named(value);
      },
    },
    'does not change the features',
    /wrote into the features/,
  ],
  [
    'more done than there is',
    {
      compute: (sets, _options, { onProgress }) => {
        onProgress?.(2, 1);
        return named(distanceOf(sets));
      },
    },
    'reports progress',
    /2 of 1 after 0/,
  ],
];

describe('the contract of set metrics', () => {
  it.each(WRONG)('finds: %s', async (...[, change, rule, reason]) => {
    const rules = setMetricChecks.filter(({ name }) => name.startsWith(rule));
    expect(await brokenRules(rules, { metric: { ...right, ...change }, options: {} })).toEqual([
      { name: rules[0]!.name, reason: expect.stringMatching(reason) },
    ]);
  });
});
