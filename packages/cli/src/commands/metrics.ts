import { stat } from 'node:fs/promises';
import { MedganError, defined, messageOf, UsageError, plural } from '@medgan/files';
import type { PairMetric, Plugins } from '@medgan/plugin-api';
import { markdownTable } from '@medgan/experiment-registry';
import {
  chooseFeatures,
  compareFiles,
  compareFolders,
  compareSets,
  directionsNote,
  metricHeading,
  metricValueText,
  setTableText,
  type FolderScores,
  jsonKey,
  USUAL_FEATURES,
  usualPairMetrics,
  loadPlugins,
} from '@medgan/runs';
import { TerminalReporter } from '../terminal.ts';

export interface MetricsOptions {
  readonly minmax: boolean;
  readonly json: boolean;
  /** Names of pair metrics; none: the usual ones. */
  readonly metric: readonly string[];
  /** Files, or names of installed packages, with metrics or features of the user's own. */
  readonly plugin: readonly string[];
  /** Compare folders as sets. */
  readonly sets: boolean;
  /** Names of feature extractors for sets; none: the usual ones. */
  readonly features: readonly string[];
  /** Pixels per side that the images of sets are brought to. */
  readonly size?: number;
  /** The samples that become 0 and 1, of files with 16 bits per sample. */
  readonly window?: readonly [number, number];
  readonly seed: number;
}

type Place = { readonly a: string; readonly b: string };

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new MedganError(`${path} cannot be read: ${messageOf(error)}`, {
      cure: 'give two image files or two folders of images',
      cause: error,
    });
  }
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const asJson = (value: object): void => print(JSON.stringify(value));

async function printFiles(
  metrics: readonly PairMetric[],
  place: Place,
  { minmax, json, window }: MetricsOptions,
): Promise<void> {
  const { values, reasons, deep } = await compareFiles(metrics, place, {
    stretch: minmax,
    ...defined({ range: window }),
  });
  if (json) return asJson(Object.keys(reasons).length === 0 ? values : { ...values, reasons });
  const rows = metrics.map((metric) => {
    const key = jsonKey(metric.name);
    return [metricHeading(metric), metricValueText(values[key]), reasons[key] ?? metric.summary];
  });
  const columns = [
    { title: 'metric', align: 'left' },
    { title: 'value', align: 'right' },
    { title: '', align: 'left' },
  ] as const;
  print(markdownTable(columns, rows));
  print(`\n${directionsNote(metrics)}${minmax ? '\neach image min–max normalised on its own first' : ''}`);
  if (deep && !minmax) print(depthNote(deep, window));
}

/** By which range the samples of 16-bit files were judged: PSNR and SSIM depend on it. */
function depthNote([least, most]: readonly [number, number], window?: readonly [number, number]): string {
  const range = window === undefined ? '0 … 65535' : window.join(' … ');
  const advice = window === undefined ? `; for another range: --window 0:${most}` : '';
  return `16 bits per sample, here ${least} … ${most}, judged as ${range} by their full depth${advice}`;
}

const namesText = (names: readonly string[]): string =>
  `${names.slice(0, 5).join(', ')}${names.length > 5 ? `, … (${names.length})` : ''}`;

function folderTable(metrics: readonly PairMetric[], { metrics: summaries }: FolderScores): string {
  const rows = metrics.map((metric) => {
    const { mean, deviation, count, reason } = summaries[jsonKey(metric.name)]!;
    return [
      metricHeading(metric),
      metricValueText(mean),
      metricValueText(deviation),
      String(count),
      reason ?? '',
    ];
  });
  const columns = [
    { title: 'metric', align: 'left' },
    { title: 'mean', align: 'right' },
    { title: 'sd', align: 'right' },
    { title: 'pairs', align: 'right' },
    { title: '', align: 'left' },
  ] as const;
  return markdownTable(columns, rows);
}

async function printFolders(
  metrics: readonly PairMetric[],
  place: Place,
  { minmax, json, window }: MetricsOptions,
): Promise<void> {
  const reporter = new TerminalReporter({ stream: process.stderr, logEvery: 1 });
  const scores = await compareFolders(metrics, place, {
    stretch: minmax,
    ...defined({ range: window }),
    onProgress: (done, total) => reporter.onData(done, total),
  });
  if (json) return asJson({ ...place, minmax, ...scores });
  print(
    `${plural(scores.pairs, 'pair')} of one name${minmax ? ', each image min–max normalised on its own first' : ''}\n`,
  );
  print(folderTable(metrics, scores));
  print(`\n${directionsNote(metrics)}`);
  if (scores.deep && !minmax) print(depthNote(scores.deep, window));
  for (const side of ['a', 'b'] as const) {
    const names = scores.unpaired[side];
    if (names.length > 0) print(`only in ${place[side]}, left out: ${namesText(names)}`);
  }
}

async function printSets(plugins: Plugins, place: Place, options: MetricsOptions): Promise<void> {
  const { features, size, seed, json } = options;
  const reporter = new TerminalReporter({ stream: process.stderr, logEvery: 1 });
  const names = features.length === 0 ? USUAL_FEATURES : features;
  const result = await compareSets(place, {
    plugins,
    features: names.map((name) => chooseFeatures(name, plugins)),
    ...defined({ size }),
    seed,
    onProgress: (what, done, total) => reporter.onCount({ what, done, total, rate: 0 }),
  });
  if (json) return asJson(result);
  const { real, fake } = result;
  print(
    `real: ${plural(real.images, 'image')} of ${real.folder}; fakes: ${plural(fake.images, 'image')} of ${fake.folder}`,
  );
  print(`at ${result.size} px (${result.resize}), seed ${seed}`);
  for (const table of result.sets) {
    print(`\nset metrics by ${String(table.features['extractor'])}\n\n${setTableText(table, plugins)}`);
  }
}

/** Options that belong to the other way of comparing are refused rather than ignored. */
function requireFitting({ sets, minmax, metric, features, size, window }: MetricsOptions): void {
  const strange = sets
    ? [minmax && '--minmax', metric.length > 0 && '--metric', window !== undefined && '--window']
    : [features.length > 0 && '--features', size !== undefined && '--size'];
  const named = strange.filter((option) => option !== false);
  if (named.length === 0) return;
  throw new UsageError(`${named.join(' and ')} ${sets ? 'cannot go with' : 'can only go with'} --sets`, {
    cure: sets ? 'leave them out, or compare pairs without --sets' : 'add --sets, or leave them out',
  });
}

/** `medgan metrics <a> <b>`: two images, two folders of them pair by pair, or two folders as sets. */
export async function metricsCommand(place: Place, options: MetricsOptions): Promise<number> {
  requireFitting(options);
  const plugins = await loadPlugins(options.plugin.map((spec) => ({ spec, from: process.cwd() })));
  const metrics =
    options.metric.length === 0
      ? usualPairMetrics(plugins)
      : options.metric.map((name) => plugins.pairMetrics.get(name));
  const [aIsFolder, bIsFolder] = await Promise.all([isFolder(place.a), isFolder(place.b)]);
  if (aIsFolder !== bIsFolder) {
    throw new MedganError(`one of ${place.a} and ${place.b} is a folder, the other is not`, {
      cure: 'give two image files or two folders of images',
    });
  }
  if (options.sets && !aIsFolder) {
    throw new MedganError(`${place.a} and ${place.b} are no folders`, {
      cure: 'give two folders of images, or leave --sets out',
    });
  }
  if (options.sets) await printSets(plugins, place, options);
  else await (aIsFolder ? printFolders : printFiles)(metrics, place, options);
  return 0;
}
