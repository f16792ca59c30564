import { MedganError } from '@medgan/files';
import { parseOptions, type MetricImages, type PairMetric, type Plugins } from '@medgan/plugin-api';
import { builtInPlugins } from '../plugins/plugins.ts';

/** The metrics of the published tables, in their order. */
export const PUBLISHED_METRICS: readonly string[] = ['psnr', 'ssim', 'ms-gmsd', 'mdsi', 'haarpsi'];

/** They and MS-SSIM. */
const USUAL_METRICS: readonly string[] = ['psnr', 'ssim', 'ms-ssim', 'ms-gmsd', 'mdsi', 'haarpsi'];

/** The pair metrics that images are judged by where none is named: the usual ones, and all that the user's plugins add. */
export function usualPairMetrics({ pairMetrics }: Plugins): PairMetric[] {
  const builtIn = builtInPlugins().pairMetrics;
  const added = pairMetrics.list().filter(({ name }) => !builtIn.has(name));
  return [...USUAL_METRICS.map((name) => pairMetrics.get(name)), ...added];
}

/** A metric's name as a key of JSON: `ms_gmsd`. */
export const jsonKey = (name: string): string => name.replaceAll('-', '_');

/** Scores of pairs under several metrics, by JSON key. A metric that refuses the size has a reason instead. */
export interface Scores {
  /** One value per pair. */
  readonly values: Readonly<Record<string, Float64Array>>;
  readonly reasons: Readonly<Record<string, string>>;
}

const sizeOf = ({ width, height }: MetricImages): string => `${width}×${height}`;

/** @throws MedganError unless the images of both batches have one size; the error gives their `names`. */
export function requireOneSize(
  a: MetricImages,
  b: MetricImages,
  names: { readonly a: string; readonly b: string },
): void {
  if (a.width === b.width && a.height === b.height && a.channels === b.channels) return;
  throw new MedganError(`${names.a} is ${sizeOf(a)} pixels, ${names.b} is ${sizeOf(b)}`, {
    cure: 'pair metrics compare pixel with pixel: bring the images to one size first, or compare folders with --sets',
  });
}

/** Scores the i-th image of `a` against the i-th of `b`, under each metric's default options. */
export function scorePairs(metrics: readonly PairMetric[], a: MetricImages, b: MetricImages): Scores {
  const values: Record<string, Float64Array> = {};
  const reasons: Record<string, string> = {};
  for (const metric of metrics) {
    const options = parseOptions<object>(metric.name, metric.options, {});
    const reason = metric.refuses(a, options);
    if (reason === undefined) values[jsonKey(metric.name)] = metric.compute(a, b, options);
    else reasons[jsonKey(metric.name)] = reason;
  }
  return { values, reasons };
}
