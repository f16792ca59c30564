/**
 * Do the set metrics put real photographs in the right order? Half of the melanomas (split by lesion) against the other
 * half, against nevi, against blurred or grainy melanomas and against noise; then what real images score against each other, pair by pair.
 *
 *     npx tsx --conditions=@medgan/source benchmarks/metrics/sets.ts <image folder> <manifest.csv> [seeds]
 */
import { readFileSync } from 'node:fs';
import { imageFolder } from '@medgan/data';
import {
  diversity,
  evaluateSets,
  extractFeatures,
  frechetMetric,
  gmsdMetric,
  haarpsiMetric,
  kidMetric,
  mdsiMetric,
  msGmsdMetric,
  nearestReal,
  originalProtocol,
  pixelsPcaFeatures,
  prdcMetric,
  psnrMetric,
  randomConvFeatures,
  resize,
  sourceOfImages,
  sourceOfReader,
  ssimMetric,
  yardsticks,
} from '@medgan/metrics';
import { createRng, type Features, type MetricImages, type MetricImageSource } from '@medgan/plugin-api';

const [path, manifest, seedsText = '3'] = process.argv.slice(2);
if (path === undefined || manifest === undefined) throw new Error('name the image folder and the manifest');
const size = 64;

const packed = await imageFolder.open(
  { path },
  { format: { size, channels: 3 }, subsetOrder: 'first', rng: createRng(0), workers: 2 },
);

/** Lesion of each file; a photograph whose lesion is unknown counts as a lesion of its own. */
const [header = '', ...lines] = readFileSync(manifest, 'utf8').trim().split('\n');
const column = (name: string): number => header.split(',').indexOf(name);
const lesions = new Map(
  lines.map((line) => {
    const cells = line.split(',');
    return [cells[column('file')], cells[column('lesion_id')] || cells[column('isic_id')]];
  }),
);

const ofClass = (name: string): number[] => {
  const label = packed.classes.indexOf(name);
  return [...packed.labels.keys()].filter((image) => packed.labels[image] === label);
};

const shuffled = <T>(items: readonly T[], label: string): T[] =>
  [...createRng(label).permutation(items.length)].map((i) => items[i]!);

function halves(seed: number): [number[], number[]] {
  const melanomas = ofClass('melanoma');
  const names = [...new Set(melanomas.map((image) => lesions.get(packed.names[image]!)))];
  const first = new Set(shuffled(names, `halves/${seed}`).slice(0, names.length / 2));
  const inFirst = (image: number): boolean => first.has(lesions.get(packed.names[image]!));
  return [melanomas.filter(inFirst), melanomas.filter((image) => !inFirst(image))];
}

function blurred(source: MetricImageSource): MetricImageSource {
  const images = source.read(0, source.count) as MetricImages;
  const small = resize(images, { height: size / 4, width: size / 4, filter: 'box' });
  return sourceOfImages(resize(small, { height: size, width: size, filter: 'bicubic' }));
}

function grainy(source: MetricImageSource, seed: number): MetricImageSource {
  const images = source.read(0, source.count) as MetricImages;
  const rng = createRng(`grain/${seed}`);
  const values = images.values.map((value) => Math.min(1, Math.max(0, value + 0.03 * rng.normal())));
  return sourceOfImages({ ...images, values });
}

function noise(count: number, seed: number): MetricImageSource {
  const values = createRng(`noise/${seed}`).uniforms(count * size * size * 3);
  return sourceOfImages({ count, height: size, width: size, channels: 3, values });
}

const metrics = [{ metric: kidMetric }, { metric: frechetMetric }, { metric: prdcMetric }];
for (let seed = 0; seed < Number(seedsText); seed++) {
  const [one, other] = halves(seed);
  const count = Math.min(one.length, other.length);
  const real = sourceOfReader(packed, shuffled(one, `real/${seed}`).slice(0, count));
  const half = sourceOfReader(packed, shuffled(other, `half/${seed}`).slice(0, count));
  const nevi = sourceOfReader(packed, shuffled(ofClass('nevus'), `nevi/${seed}`).slice(0, count));
  console.log(`split ${seed}: ${count} images a set`);
  for (const features of [pixelsPcaFeatures, randomConvFeatures] as readonly Features[]) {
    const extractor = await features.open({}, { reference: real });
    const realRows = await extractFeatures(extractor, real);
    for (const [name, fake] of Object.entries({
      half,
      nevi,
      blurred: blurred(half),
      grainy: grainy(half, seed),
      noise: noise(count, seed),
    })) {
      const sets = { real: realRows, fake: await extractFeatures(extractor, fake) };
      const { values } = evaluateSets(sets, { extractor, metrics, seed });
      const texts = values.map((value) => {
        const deviation = value.deviation === undefined ? '' : ` ± ${value.deviation.toPrecision(2)}`;
        return `${value.name.split('@')[0]} ${value.value?.toPrecision(4)}${deviation}`;
      });
      const nearer = nearestReal(sets).nearer.map(
        ({ quantile, share }) => `${quantile}: ${share.toFixed(3)}`,
      );
      console.log(`  ${extractor.name} ${name}: ${texts.join(', ')}; nearer ${nearer.join(', ')}`);
    }
  }
  if (seed > 0) continue;
  const pairMetrics = [psnrMetric, ssimMetric, gmsdMetric, msGmsdMetric, mdsiMetric, haarpsiMetric].map(
    (metric) => ({ metric }),
  );
  const { ceiling, floor } = await yardsticks(real, { metrics: pairMetrics, seed, normalisation: 'min-max' });
  const reals = real.read(0, 64) as MetricImages;
  const fakes = half.read(0, 64) as MetricImages;
  const original = originalProtocol({ real: reals, fake: fakes }, { metrics: pairMetrics });
  for (const { protocol, pairs, values } of [ceiling, floor, original]) {
    const texts = Object.entries(values).map(
      ([name, { value, deviation }]) => `${name} ${value?.toFixed(4)} (${deviation?.toFixed(4)})`,
    );
    console.log(`  ${protocol}, ${pairs} pairs: ${texts.join(', ')}`);
  }
  const spread = await diversity({ real, fake: half }, { metrics: [{ metric: ssimMetric }], seed });
  console.log(
    `  ${spread.metric} of random pairs: ${spread.real.value?.toFixed(4)}, other half ${spread.fake.value?.toFixed(4)}`,
  );
}
