import {
  createRng,
  MedganError,
  parseOptions,
  type FeatureExtractor,
  type FeatureRows,
  type MetricImageSource,
  type SetMetric,
  type SetValue,
} from '@medgan/plugin-api';
import { forEachBatch } from './functional/image-source.ts';
import { checkFeatures, tooSmall, type FeatureSets } from './set-size.ts';

/** Feature vectors of all images of a source, computed `batch` images at a time. */
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

/** Values of set metrics, and everything except the images that determines them; JSON-able. */
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

/** How one set metric is computed. */
export interface SetMetricSettings {
  /** Options other than the defaults. */
  readonly options?: object;
  readonly seed: number | string;
  /** Called with how many of the metric's parts are computed. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Computes one set metric.
 * @returns one value per declared one, in that order; null with a reason if the sets are too small
 * @throws MedganError for illegal options and for features that are not finite or differ in dims
 */
export function evaluateSetMetric(
  metric: SetMetric,
  sets: FeatureSets,
  { options = {}, seed, onProgress }: SetMetricSettings,
): SetValue[] {
  const parsed = parseOptions<object>(metric.name, metric.options, options);
  checkFeatures(metric.name, sets);
  const reason = setsTooSmall(metric, { real: sets.real.count, fake: sets.fake.count }, parsed);
  if (reason !== undefined)
    return metric.values.map(({ name, direction }) => ({ name, direction, value: null, reason }));
  const rng = createRng(seed).split(metric.name);
  const computed = metric.compute(sets, parsed, { rng, ...(onProgress && { onProgress }) });
  return metric.values.map(({ name, direction }) => {
    const number = computed[name];
    if (number) return { name, direction, ...number };
    throw new MedganError(`set metric ${metric.name} computed no value ${JSON.stringify(name)}`, {
      cure: 'return every name of its `values` from `compute`',
    });
  });
}

/** Why a metric cannot compare sets of these sizes; undefined if it can. `options` are complete, with their defaults. */
export function setsTooSmall(
  metric: SetMetric,
  images: { readonly real: number; readonly fake: number },
  options: object,
): string | undefined {
  return tooSmall(images, metric.minimum(options));
}

/**
 * Computes set metrics from the features of one extractor.
 * @throws MedganError as `evaluateSetMetric`
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
  const values = metrics.flatMap(({ metric, options = {} }) => {
    used[metric.name] = parseOptions<object>(metric.name, metric.options, options);
    const computed = evaluateSetMetric(metric, sets, {
      options,
      seed,
      ...(onProgress && { onProgress: (done, total) => onProgress(metric.name, done, total) }),
    });
    return computed.map((value) => ({ ...value, name: `${value.name}@${extractor.name}` }));
  });
  return {
    features: extractor.record,
    images: { real: sets.real.count, fake: sets.fake.count },
    seed,
    options: used,
    values,
  };
}
