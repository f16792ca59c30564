import { defineFeatures, type FeatureExtractor, type Features, type MetricImages } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { brokenRules, featuresChecks, featuresContract } from './index.ts';

/** Mean and mean square of every image. */
function meansOf({ count, values }: MetricImages): Float64Array {
  const size = values.length / count;
  const rows = new Float64Array(2 * count);
  for (let i = 0; i < values.length; i++) {
    rows[2 * Math.floor(i / size)]! += values[i]! / size;
    rows[2 * Math.floor(i / size) + 1]! += values[i]! ** 2 / size;
  }
  return rows;
}

const extractor = (change: Partial<FeatureExtractor> = {}): FeatureExtractor => ({
  name: 'right',
  dims: 2,
  record: { extractor: 'right' },
  extract: (images) => Promise.resolve(meansOf(images)),
  ...change,
});

const opening =
  (change: Partial<FeatureExtractor>): Features['open'] =>
  () =>
    Promise.resolve(extractor(change));

const extracting = (extract: (images: MetricImages) => Float64Array): Partial<Features> => ({
  open: opening({ extract: (images) => Promise.resolve(extract(images)) }),
});

const right: Features = defineFeatures({
  name: 'right',
  summary: 'Mean and mean square',
  reference: 'none',
  options: { type: 'object', properties: { level: { type: 'string' } }, additionalProperties: false },
  argument: 'level',
  async open(_options, { reference }) {
    await reference.read(0, reference.count);
    return extractor();
  },
});

featuresContract(right);

let calls = 0;
let openings = 0;

const WRONG: [fault: string, change: Partial<Features>, rule: string, reason: RegExp][] = [
  [
    'an option without a default',
    { options: { ...right.options, required: ['level'] } },
    'has options whose defaults are legal',
    /"level" is missing/,
  ],
  ['an argument that is no option', { argument: 'file' }, 'takes behind the colon', /no option file/],
  ['a name of two words', { open: opening({ name: 'my net' }) }, 'has a name, a number of dims', /"my net"/],
  ['no dims', { open: opening({ dims: 0 }) }, 'has a name, a number of dims', /0 dims/],
  ['an empty record', { open: opening({ record: {} }) }, 'has a name, a number of dims', /record is empty/],
  [
    'a record that JSON changes',
    { open: opening({ record: { sizes: new Float32Array(2) } }) },
    'has a name, a number of dims',
    /not the same after JSON/,
  ],
  [
    'a division by the variance',
    extracting((images) =>
      meansOf(images).map((mean, i, all) => (i % 2 ? mean / (mean - all[i - 1]! ** 2) : mean)),
    ),
    'gives finite rows',
    /images of level 0: value 1 is NaN/,
  ],
  [
    'one row per batch',
    extracting((images) => meansOf(images).slice(0, 2)),
    'gives finite rows',
    /2 values for 3/,
  ],
  [
    'float32 rows',
    extracting((images) => Float32Array.from(meansOf(images)) as unknown as Float64Array),
    'gives finite rows',
    /no Float64Array/,
  ],
  [
    'the mean of the batch taken away',
    extracting((images) => {
      const rows = meansOf(images);
      const mean = rows.reduce((sum, value) => sum + value, 0) / rows.length;
      return rows.map((value) => value - mean);
    }),
    'gives an image its row',
    /image 0 alone and among 5/,
  ],
  [
    'a memory',
    extracting((images) => meansOf(images).map((v) => v + ++calls)),
    'gives the same rows again',
    /differ/,
  ],
  [
    'other weights at every start',
    {
      open() {
        const scale = ++openings;
        const extract = (images: MetricImages) => Promise.resolve(meansOf(images).map((v) => v * scale));
        return Promise.resolve(extractor({ extract }));
      },
    },
    'gives the same rows when it is opened again',
    /two extractors differ/,
  ],
  [
    'blindness',
    extracting(({ count }) => new Float64Array(2 * count)),
    'gives different features',
    /the same row/,
  ],
  [
    'scratch work in the images',
    extracting((images) => {
      const rows = meansOf(images);
      images.values.fill(0);
      return rows;
    }),
    'does not change its images',
    /wrote into its images/,
  ],
  [
    'a read past the end of the reference',
    {
      async open(_options, { reference }) {
        await reference.read(0, reference.count + 1);
        return extractor();
      },
    },
    'gives different features',
    /it reads images 0 to 25 of 24/,
  ],
];

describe('the contract of feature extractors', () => {
  it.each(WRONG)('finds: %s', async (...[, change, rule, reason]) => {
    const rules = featuresChecks.filter(({ name }) => name.startsWith(rule));
    expect(await brokenRules(rules, { features: { ...right, ...change }, options: {} })).toEqual([
      { name: rules[0]!.name, reason: expect.stringMatching(reason) },
    ]);
  });

  it('opens with what is given for options without a default', async () => {
    const features = { ...right, options: { ...right.options, required: ['level'] } };
    expect(await brokenRules(featuresChecks, { features, options: { level: 'high' } })).toEqual([]);
  });

  it('closes every extractor it opens', async () => {
    let [opened, closed] = [0, 0];
    const close = () => Promise.resolve(void closed++);
    const features: Features = {
      ...right,
      open: () => Promise.resolve(extractor({ close, dims: ++opened * 0 + 2 })),
    };
    expect(await brokenRules(featuresChecks, { features, options: {} })).toEqual([]);
    expect(opened).toBeGreaterThan(0);
    expect(closed).toBe(opened);
  });
});
