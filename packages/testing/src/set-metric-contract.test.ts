import {
  defineSetMetric,
  MedganError,
  type FeatureRows,
  type SetMetric,
  type SetValue,
} from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { brokenRules, setMetricChecks, setMetricContract } from './index.ts';

type Sets = Parameters<SetMetric['compute']>[0];

const meanOf = ({ values }: FeatureRows): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** How far apart the means of all features are. */
const distanceOf = ({ real, fake }: Sets): number => Math.abs(meanOf(real) - meanOf(fake));

function check({ real, fake }: Sets): void {
  if (real.dims !== fake.dims) throw new MedganError(`${real.dims} dims against ${fake.dims}`);
  for (const { values } of [real, fake])
    if (!values.every(Number.isFinite)) throw new MedganError('a feature is not finite');
}

const named = (value: number, change: Partial<SetValue> = {}): SetValue[] => [
  { name: 'distance', direction: 'lower', value, ...change },
];

const computing =
  (judge: (sets: Sets) => SetValue[]): SetMetric['compute'] =>
  (sets) => {
    check(sets);
    if (Math.min(sets.real.count, sets.fake.count) > 0) return judge(sets);
    return [{ name: 'distance', direction: 'lower', value: null, reason: 'needs an image of each kind' }];
  };

const right = defineSetMetric({
  name: 'right',
  summary: 'Distance of the means',
  reference: 'none',
  options: { type: 'object', properties: {}, additionalProperties: false },
  compute: computing((sets) => named(distanceOf(sets))),
});

setMetricContract(right);

let calls = 0;

const WRONG: [fault: string, compute: SetMetric['compute'], rule: string, reason: RegExp][] = [
  ['no value', () => [], 'gives values of the same names', /it gives no value/],
  [
    'two values of one name',
    computing(() => [...named(1), ...named(2)]),
    'gives values of the same names',
    /two values of one name/,
  ],
  [
    'a name with its extractor',
    computing(() => named(1, { name: 'distance@pixels' })),
    'gives values of the same names',
    /"distance@pixels" is not kebab-case/,
  ],
  [
    'other names for few images',
    computing(({ fake }) => named(1, fake.count < 9 ? { name: 'rough-distance' } : {})),
    'gives values of the same names',
    /1 real and 1 fake images/,
  ],
  [
    'an error for few images',
    (sets) => {
      if (sets.fake.count < 2) throw new MedganError('too few fakes');
      return named(distanceOf(sets));
    },
    'gives values of the same names',
    /too few fakes/,
  ],
  [
    'NaN without variance',
    computing((sets) => named(distanceOf(sets) / (meanOf(sets.fake) === 0 ? 0 : 1))),
    'gives finite values',
    /images that are all alike: distance is NaN/,
  ],
  [
    'null without a reason',
    computing(() => [{ name: 'distance', direction: 'lower', value: null }]),
    'gives finite values',
    /distance is null without a reason/,
  ],
  [
    'a negative deviation',
    computing((sets) => named(distanceOf(sets), { deviation: -1 })),
    'gives finite values',
    /deviation of distance is -1/,
  ],
  [
    'nothing but reasons',
    computing(() => [{ name: 'distance', direction: 'lower', value: null, reason: 'tired' }]),
    'gives finite values',
    /distance of 60 real and 60 fake images: tired/,
  ],
  [
    'the wrong direction',
    computing((sets) => named(distanceOf(sets), { direction: 'higher' })),
    'finds fakes far from the reals',
    /distance is 3\.9\d+ for them, 0\.\d+ for/,
  ],
  ['blindness', computing(() => named(1)), 'finds fakes far from the reals', /no value is worse/],
  [
    'a count of its calls',
    computing((sets) => named(distanceOf(sets) + ++calls)),
    'says the same of the same sets',
    /two calls differ/,
  ],
  [
    'scratch work in the features',
    computing((sets) => {
      const value = distanceOf(sets);
      sets.fake.values.sort();
      return named(value);
    }),
    'leaves the features alone',
    /wrote into the features/,
  ],
  [
    'features taken as they come',
    (sets) => named(distanceOf(sets)),
    'refuses features',
    /no MedganError for 4 dims against 5/,
  ],
  [
    'more done than there is',
    (sets, _options, { onProgress }) => {
      onProgress?.(2, 1);
      return named(distanceOf(sets));
    },
    'tells how far it is',
    /2 of 1 after 0/,
  ],
];

describe('the contract of set metrics', () => {
  it.each(WRONG)('finds: %s', async (...[, compute, rule, reason]) => {
    const rules = setMetricChecks.filter(({ name }) => name.startsWith(rule));
    expect(await brokenRules(rules, { metric: { ...right, compute }, options: {} })).toEqual([
      { name: rules[0]!.name, reason: expect.stringMatching(reason) },
    ]);
  });
});
