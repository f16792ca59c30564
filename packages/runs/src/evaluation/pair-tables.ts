import {
  inOrder,
  originalProtocol,
  pairedMean,
  sourceOfPixels,
  sourceOfReader,
  yardsticks,
  type ChosenMetric,
  type Estimate,
  type ProtocolResult,
} from '@medgan/metrics';
import { createRng, type BytePixels, type ImageReader, type MetricImageSource } from '@medgan/plugin-api';
import { firstOf, noiseSource } from './image-sources.ts';
import { jsonKey } from './score-pairs.ts';

type Estimates = Readonly<Record<string, Estimate>>;

/** Fakes against reals under one protocol, between what to expect at best and at worst; JSON-able. */
export interface PairTable {
  readonly protocol: string;
  readonly normalisation: string;
  readonly pairs: number;
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /** By JSON key of the metric, as are those below. */
  readonly values: Estimates;
  /** Real images against other real images. */
  readonly ceiling: Estimates;
  /** Real images against uniform noise. */
  readonly floor: Estimates;
}

/** What is compared: real images, and the images of the fixed noise. */
export interface PairSets {
  readonly real: ImageReader;
  readonly fake: BytePixels;
}

/** Pairs that a protocol with random partners compares at most, as far as two reals per fake allow. */
const MOST_PAIRS = 1024;
const MOST_REALS_PER_FAKE = 16;
/** Images behind the ceiling and the floor of such a protocol. */
const YARDSTICK_IMAGES = 64;

const byKey = ({ values }: ProtocolResult): Estimates =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [jsonKey(name), value]));

const tableOf = (
  result: ProtocolResult,
  ends: { ceiling: ProtocolResult; floor: ProtocolResult },
): PairTable => ({
  ...result,
  values: byKey(result),
  ceiling: byKey(ends.ceiling),
  floor: byKey(ends.floor),
});

/** The real images that stand as far behind the first batch as it is long, so that no image meets itself. */
function otherBatch({ real }: PairSets, batch: number): MetricImageSource {
  const shift = Math.min(batch, Math.floor(real.count / 2));
  return sourceOfReader(
    real,
    Uint32Array.from({ length: shift === 0 ? 0 : batch }, (_, i) => (i + shift) % real.count),
  );
}

/**
 * The original's protocol: the first batch of real images, in the order of the dataset, against the images of the fixed
 * noise. The ceiling sets the next batch against the first one.
 */
export async function originalTable(
  sets: PairSets,
  settings: {
    readonly metrics: readonly ChosenMetric[];
    readonly batchSize: number;
    readonly seed: number;
    readonly offByOne: boolean;
  },
): Promise<PairTable> {
  const { metrics, seed, offByOne } = settings;
  const reals = sourceOfReader(sets.real);
  const real = await firstOf(reals, settings.batchSize);
  const fake = await firstOf(sourceOfPixels(sets.fake), real.count);
  const result = originalProtocol({ real, fake }, { metrics, offByOne });
  const other = otherBatch(sets, real.count);
  const noise = noiseSource(reals, real.count, createRng(seed).split('noise'));
  const against = async (source: MetricImageSource): Promise<ProtocolResult> =>
    inOrder({ real, fake: await firstOf(source, source.count) }, { metrics, normalisation: 'min-max' });
  return tableOf(result, { ceiling: await against(other), floor: await against(noise) });
}

/** Every fake against a few random reals. */
export async function pairedMeanTable(
  sets: PairSets,
  settings: {
    readonly metrics: readonly ChosenMetric[];
    readonly seed: number;
    readonly onProgress?: (done: number, total: number) => void;
  },
): Promise<PairTable> {
  const real = sourceOfReader(sets.real);
  const fake = sourceOfPixels(sets.fake);
  const perFake = Math.min(MOST_REALS_PER_FAKE, Math.max(2, Math.floor(MOST_PAIRS / fake.count)));
  const result = await pairedMean({ real, fake }, { ...settings, perFake });
  const images = Math.min(YARDSTICK_IMAGES, fake.count);
  return tableOf(result, await yardsticks(real, { ...settings, perFake, images }));
}
