import { definePairMetric, MedganError, type MetricImages, type PairMetric } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { brokenRules, metricChecks, metricContract } from './index.ts';

const size = ({ height, width, channels }: MetricImages): number => height * width * channels;

/** One value per pair from the two images' values. */
const perPair =
  (value: (a: Float32Array, b: Float32Array) => number) =>
  (a: MetricImages, b: MetricImages): Float64Array =>
    Float64Array.from({ length: a.count }, (_, i) => {
      const part = ({ values }: MetricImages) => values.subarray(i * size(a), (i + 1) * size(a));
      return value(part(a), part(b));
    });

const meanOf = (a: Float32Array, term: (i: number) => number): number =>
  a.reduce((sum, _, i) => sum + term(i), 0) / a.length;

const squares = perPair((a, b) => meanOf(a, (i) => (a[i]! - b[i]!) ** 2));

const refuses: PairMetric['refuses'] = ({ height }) => (height < 2 ? 'fewer than 2 rows' : undefined);

function check(a: MetricImages, b: MetricImages): void {
  if (a.count !== b.count) throw new MedganError(`${a.count} images against ${b.count}`);
  const reason = refuses(a, {});
  if (reason !== undefined) throw new MedganError(reason);
  if ([a, b].some(({ values }) => values.some((v) => !(v >= 0 && v <= 1)))) {
    throw new MedganError('values outside [0, 1]');
  }
}

/** Mean squared error. */
const right: PairMetric = definePairMetric({
  name: 'right',
  title: 'Right',
  summary: 'Mean squared error',
  reference: 'none, https://example.org',
  options: { type: 'object', properties: {}, additionalProperties: false },
  direction: 'lower',
  range: [0, 1],
  symmetric: true,
  refuses,
  compute(a, b) {
    check(a, b);
    return squares(a, b);
  },
});

metricContract(right);

const checked =
  (compute: (a: MetricImages, b: MetricImages) => Float64Array): PairMetric['compute'] =>
  (a, b) => {
    check(a, b);
    return compute(a, b);
  };

let calls = 0;

const WRONG: [fault: string, change: Partial<PairMetric>, rule: string, reason: RegExp][] = [
  ['no title', { title: '' }, 'declares its title', /title is not one line/],
  ['an empty unit', { unit: '' }, 'declares its title', /unit is not one word/],
  ['an empty range', { range: [1, 1] }, 'declares its title', /the range \[1, 1\] is empty/],
  [
    'an empty reason',
    { refuses: ({ height }) => (height < 9 ? ' ' : undefined) },
    'gives a reason',
    /no reason against 1×1×1/,
  ],
  ['everything refused', { refuses: () => 'no' }, 'gives a reason', /refuses every square/],
  [
    'the wrong end',
    { direction: 'higher' },
    'gives an image against itself',
    /0 for equal images, the best is 1/,
  ],
  ['a narrow range', { range: [0, 1e-4] }, 'gives one value per pair', /is outside \[0, 0\.0001\]/],
  [
    'one value per batch',
    { compute: checked((a, b) => squares(a, b).slice(0, 1)) },
    'gives one value per pair',
    /1 values for 4 pairs/,
  ],
  [
    'blindness',
    { compute: checked((a) => new Float64Array(a.count)) },
    'gives one value per pair',
    /0 with noise, 0 without/,
  ],
  [
    'a mean over the batch',
    {
      compute: checked((a, b) => squares(a, b).map((v, i) => v * (1 + i / 10))),
    },
    'values each pair by itself',
    /, not \[/,
  ],
  [
    'a division by the variance',
    {
      compute: checked(
        perPair((a, b) => {
          const mean = meanOf(a, (i) => a[i]!);
          return meanOf(a, (i) => (a[i]! - b[i]!) ** 2) / meanOf(a, (i) => (a[i]! - mean) ** 2);
        }),
      ),
      range: [0, Infinity],
    },
    'never returns NaN',
    /NaN/,
  ],
  [
    'symmetry claimed',
    { compute: checked(perPair((a, b) => meanOf(a, (i) => (a[i]! - b[i]!) ** 2 * a[i]!))) },
    'is symmetric exactly',
    /differ by/,
  ],
  ['symmetry denied', { symmetric: false }, 'is symmetric exactly', /differ by 0/],
  [
    'values taken as they come',
    { compute: squares },
    'refuses to compute',
    /no MedganError for 3 images against 2/,
  ],
  [
    'scratch work in the images',
    {
      compute: checked((a, b) => {
        const values = squares(a, b);
        a.values.fill(0);
        return values;
      }),
    },
    'does not change its images',
    /it wrote into its images/,
  ],
  [
    'a count of its calls',
    { compute: checked((a) => new Float64Array(a.count).fill(++calls)) },
    'does not change its images',
    /two calls differ/,
  ],
];

describe('the metric contract', () => {
  it.each(WRONG)('finds: %s', async (...[, change, rule, reason]) => {
    const rules = metricChecks.filter(({ name }) => name.startsWith(rule));
    expect(await brokenRules(rules, { ...right, ...change })).toEqual([
      { name: rules[0]!.name, reason: expect.stringMatching(reason) },
    ]);
  });
});
