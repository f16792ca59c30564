import {
  createRng,
  parseOptions,
  type FeatureExtractor,
  type FeatureRows,
  type MetricImageSource,
  type SetMetric,
  type SetValue,
} from '@medgan/plugin-api';
import { forEachBatch } from './functional/image-source.ts';
import type { FeatureSets } from './set-size.ts';

/** Feature vectors of all images of a source, worked out `batch` images at a time. */
export async function extractFeatures(
  extractor: FeatureExtractor,
  source: MetricImageSource,
  settings: { readonly batch?: number; readonly onProgress?: (done: number, total: number) => void } = {},
): Promise<FeatureRows> {
  const { batch = 32, onProgress } = settings;
  const { dims } = extractor;
  const values = new Float64Array(source.count * dims);
  await forEachBatch(source, batch, async (images, start) => {
    values.set(await extractor.extract(images), start * dims);
    onProgress?.(start + images.count, source.count);
  });
  return { count: source.count, dims, values };
}

/** Values of set metrics and everything that decides them beside the images; JSON-able. */
export interface SetEvaluation {
  /** The extractor's record: network, resize filter, sizes, seeds. */
  readonly features: Readonly<Record<string, unknown>>;
  readonly images: { readonly real: number; readonly fake: number };
  readonly seed: number | string;
  /** Options of each metric, by its name. */
  readonly options: Readonly<Record<string, object>>;
  /** Names carry the extractor, such as `kid@random-conv`. */
  readonly values: readonly SetValue[];
}

/**
 * Computes set metrics on features of one extractor.
 * @throws MedganError on illegal options or features that are not finite.
 */
export function evaluateSets(
  sets: FeatureSets,
  settings: {
    readonly extractor: Pick<FeatureExtractor, 'name' | 'record'>;
    readonly metrics: readonly { readonly metric: SetMetric; readonly options?: object }[];
    readonly seed: number | string;
    readonly onProgress?: (metric: string, done: number, total: number) => void;
  },
): SetEvaluation {
  const { extractor, metrics, seed, onProgress } = settings;
  const used: Record<string, object> = {};
  const values = metrics.flatMap(({ metric, options }) => {
    const parsed = parseOptions<object>(metric.name, metric.options, options ?? {});
    used[metric.name] = parsed;
    const context = {
      rng: createRng(seed).split(metric.name),
      ...(onProgress && {
        onProgress: (done: number, total: number): void => onProgress(metric.name, done, total),
      }),
    };
    return metric
      .compute(sets, parsed, context)
      .map((value) => ({ ...value, name: `${value.name}@${extractor.name}` }));
  });
  return {
    features: extractor.record,
    images: { real: sets.real.count, fake: sets.fake.count },
    seed,
    options: used,
    values,
  };
}
