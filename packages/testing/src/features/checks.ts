import assert from 'node:assert/strict';
import {
  createRng,
  parseOptions,
  type FeatureExtractor,
  type Features,
  type MetricImages,
  type MetricImageSource,
} from '@medgan/plugin-api';
import { assertClose, assertFinite, equalValues } from '../assertions.ts';
import type { Check } from '../check.ts';
import { pluginChecks } from '../plugin-checks.ts';

/** A feature extractor under test, and the options it is opened with: those without a default at least. */
export interface FeaturesSubject {
  readonly features: Features;
  readonly options: object;
}

/** Grey and colour, smaller and larger than what a network may want. */
const SHAPES: readonly (readonly [side: number, channels: number])[] = [
  [8, 1],
  [8, 3],
  [40, 3],
];
const REFERENCES = 24;
/** The difference of float32 sums that another batch size may cause. */
const BATCHING = 1e-4;

/** Noise, of a different strength in every image. */
function noise(label: string, count: number, [side, channels]: (typeof SHAPES)[number]): MetricImages {
  const rng = createRng(label);
  const size = side * side * channels;
  const values = rng.uniforms(count * size).map((value, i) => {
    const strength = (1 + (Math.floor(i / size) % 5)) / 5;
    return 0.5 + strength * (value - 0.5);
  });
  return { count, height: side, width: side, channels, values };
}

function part(images: MetricImages, start: number, count: number): MetricImages {
  const size = images.height * images.width * images.channels;
  return { ...images, count, values: images.values.subarray(start * size, (start + count) * size) };
}

function sourceOf(images: MetricImages): MetricImageSource {
  const { count, height, width, channels } = images;
  return {
    ...{ count, height, width, channels },
    read(start, length) {
      const within = start >= 0 && length > 0 && start + length <= count;
      assert.ok(within, `it reads images ${start} to ${start + length} of ${count}`);
      return part(images, start, length);
    },
  };
}

interface Opened {
  readonly extractor: FeatureExtractor;
  readonly shape: (typeof SHAPES)[number];
}

async function withExtractor(
  { features, options }: FeaturesSubject,
  shape: Opened['shape'],
  use: (opened: Opened) => Promise<void>,
): Promise<void> {
  const parsed = parseOptions<object>(features.name, features.options, options);
  const reference = sourceOf(noise('reference', REFERENCES, shape));
  const extractor = await features.open(parsed, { reference });
  try {
    await use({ extractor, shape });
  } finally {
    await extractor.close?.();
  }
}

const ruleOf = (name: string, rule: (opened: Opened) => Promise<void>): Check<FeaturesSubject> => ({
  name,
  async run(subject) {
    for (const shape of SHAPES) await withExtractor(subject, shape, rule);
  },
});

async function rowsOf({ extractor }: Opened, images: MetricImages): Promise<Float64Array> {
  const values = await extractor.extract(images);
  assert.ok(values instanceof Float64Array, 'the rows are no Float64Array');
  assert.equal(
    values.length,
    images.count * extractor.dims,
    `${values.length} values for ${images.count} images of ${extractor.dims} dims`,
  );
  return values;
}

/** What every feature extractor must do. */
export const featuresChecks: readonly Check<FeaturesSubject>[] = [
  ...pluginChecks<FeaturesSubject>(({ features, options }) => ({ ...features, given: options })),
  {
    name: 'takes behind the colon of its name an option that it has',
    appliesTo: ({ features }) => features.argument !== undefined,
    run({ features }) {
      const { argument = '', options } = features;
      assert.ok(Object.hasOwn(options.properties, argument), `it has no option ${argument}`);
    },
  },
  ruleOf('has a name, a number of dims and, in JSON, a record of what decides them', ({ extractor }) => {
    const { name, dims, record } = extractor;
    assert.match(name, /^\S+$/, `values cannot be labelled ${JSON.stringify(name)}`);
    assert.ok(Number.isInteger(dims) && dims > 0, `${dims} dims`);
    assert.ok(Object.keys(record).length > 0, 'its record is empty');
    assert.deepEqual(JSON.parse(JSON.stringify(record)), record, 'its record is not the same after JSON');
    return Promise.resolve();
  }),
  ruleOf('gives finite rows of its dims, for flat images too', async (opened) => {
    const [side, channels] = opened.shape;
    assertFinite('noise', await rowsOf(opened, noise('images', 3, opened.shape)));
    for (const level of [0, 0.5, 1]) {
      const values = new Float32Array(2 * side * side * channels).fill(level);
      assertFinite(
        `images of level ${level}`,
        await rowsOf(opened, { count: 2, height: side, width: side, channels, values }),
      );
    }
  }),
  ruleOf('gives an image its row whatever stands beside it in the batch', async (opened) => {
    const images = noise('batch', 5, opened.shape);
    const together = await rowsOf(opened, images);
    for (let i = 0; i < images.count; i++) {
      const { dims } = opened.extractor;
      const alone = await rowsOf(opened, part(images, i, 1));
      assertClose(
        `image ${i} alone and among 5`,
        [alone, together.subarray(i * dims, (i + 1) * dims)],
        BATCHING,
      );
    }
  }),
  ruleOf('gives the same rows again, whatever it was given before', async (opened) => {
    const images = noise('images', 3, opened.shape);
    const first = (await rowsOf(opened, images)).slice();
    await rowsOf(opened, noise('others', 7, opened.shape));
    assert.ok(equalValues(await rowsOf(opened, images), first), 'two calls differ');
  }),
  {
    name: 'gives the same rows when it is opened again on the same reference',
    async run(subject) {
      for (const shape of SHAPES) {
        const found: Float64Array[] = [];
        for (let time = 0; time < 2; time++) {
          await withExtractor(subject, shape, async (opened) => {
            found.push((await rowsOf(opened, noise('images', 3, shape))).slice());
          });
        }
        assert.ok(equalValues(found[0]!, found[1]!), 'two extractors differ');
      }
    },
  },
  ruleOf('gives different features for different images', async (opened) => {
    const rows = await rowsOf(opened, noise('images', 2, opened.shape));
    const { dims } = opened.extractor;
    assert.ok(
      !equalValues(rows.subarray(0, dims), rows.subarray(dims)),
      'two images of noise have the same row',
    );
  }),
  ruleOf('does not change its images', async (opened) => {
    const images = noise('images', 2, opened.shape);
    const before = images.values.slice();
    await rowsOf(opened, images);
    assert.ok(equalValues(images.values, before), 'it wrote into its images');
  }),
];
