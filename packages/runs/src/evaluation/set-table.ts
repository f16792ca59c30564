import { evaluateSets, extractFeatures, nearestReal, type NearestReal } from '@medgan/metrics';
import {
  createRng,
  type FeatureExtractor,
  type FeatureRows,
  type MetricImageSource,
  type SetMetric,
  type SetValue,
} from '@medgan/plugin-api';
import type { ChosenFeatures } from './features-spec.ts';
import { noiseSource, rowsAt } from './image-sources.ts';

/** Values of two sets, and how many images they come from. */
export interface SetColumn {
  readonly images: { readonly real: number; readonly fake: number };
  readonly values: readonly SetValue[];
}

/** Two sets of images by one extractor's features, between the values to expect at best and at worst; JSON-able. */
export interface SetTable extends SetColumn {
  /** Extractor, network, resize filter, sizes and seeds. */
  readonly features: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Options of each set metric, by its name. */
  readonly options: Readonly<Record<string, object>>;
  /** Some of the real images against the others. */
  readonly ceiling: SetColumn;
  /** Uniform noise against the real images. */
  readonly floor: SetColumn;
  readonly nearestReal: NearestReal;
}

export interface SetTableSettings {
  readonly metrics: readonly SetMetric[];
  readonly seed: number;
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/** Real images split in two: as many on the fakes' side as there are fakes, at most half. */
function split(real: FeatureRows, fakes: number, seed: number): { real: FeatureRows; fake: FeatureRows } {
  const order = createRng(seed).split('real-real').permutation(real.count);
  const left = Math.min(fakes, Math.floor(real.count / 2));
  return { fake: rowsAt(real, order.subarray(0, left)), real: rowsAt(real, order.subarray(left)) };
}

async function tableOf(
  extractor: FeatureExtractor,
  sets: { readonly real: MetricImageSource; readonly fake: MetricImageSource },
  { metrics, seed, onProgress }: SetTableSettings,
): Promise<SetTable> {
  const rows = (what: string, source: MetricImageSource): Promise<FeatureRows> =>
    extractFeatures(extractor, source, {
      onProgress: (done, total) => onProgress?.(`features of ${what} images`, done, total),
    });
  const real = await rows('real', sets.real);
  const fake = await rows('fake', sets.fake);
  const noise = await rows('noise', noiseSource(sets.real, fake.count, createRng(seed).split('noise')));
  const evaluate = (pair: { real: FeatureRows; fake: FeatureRows }): ReturnType<typeof evaluateSets> =>
    evaluateSets(pair, {
      extractor,
      metrics: metrics.map((metric) => ({ metric })),
      seed,
      onProgress: (metric, done, total) => onProgress?.(metric, done, total),
    });
  const column = ({ images, values }: SetColumn): SetColumn => ({ images, values });
  return {
    ...evaluate({ real, fake }),
    seed,
    ceiling: column(evaluate(split(real, fake.count, seed))),
    floor: column(evaluate({ real, fake: noise })),
    nearestReal: nearestReal({ real, fake }),
  };
}

/** Compares fakes with reals as sets; the extractor is fitted to the reals where it is fitted at all. */
export async function setTable(
  { plugin, options }: ChosenFeatures,
  sets: { readonly real: MetricImageSource; readonly fake: MetricImageSource },
  settings: SetTableSettings,
): Promise<SetTable> {
  const extractor = await plugin.open(options, {
    reference: sets.real,
    onProgress: (done, total) => settings.onProgress?.('fitting features', done, total),
  });
  try {
    return await tableOf(extractor, sets, settings);
  } finally {
    await extractor.close?.();
  }
}
