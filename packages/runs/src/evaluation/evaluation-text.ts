import { plural } from '@medgan/files';
import { join } from 'node:path';
import { type Column, markdownTable } from '@medgan/experiment-registry';
import type { Diversity, Estimate } from '@medgan/metrics';
import { type PairMetric, type Plugins, type SetValue, RUN_FILES } from '@medgan/plugin-api';
import { averagedText } from '../run/averaged-text.ts';
import type { RunEvaluation } from './evaluate-run.ts';
import { figureTitle } from './figure-title.ts';
import type { PairTable } from './pair-tables.ts';
import { jsonKey } from './score-pairs.ts';
import type { SetColumn, SetTable } from './set-table.ts';
import { arrow, directionsNote, metricHeading, metricValueText } from './metric-text.ts';

const right = (title: string): Column => ({ title, align: 'right' });
const left = (title: string): Column => ({ title, align: 'left' });

/** An ending for a value that could not be computed. */
const footnotes = (reasons: ReadonlyMap<string, string>): string =>
  [...reasons].map(([name, reason]) => `\n– ${name}: ${reason}`).join('');

function intervalText(interval: Estimate['interval']): string {
  return interval === null ? '–' : `${metricValueText(interval[0])} … ${metricValueText(interval[1])}`;
}

/** A table of pair metrics, one per line, each between its ceiling and its floor. */
function pairTableText(table: PairTable, metrics: readonly PairMetric[]): string {
  const reasons = new Map<string, string>();
  const rows = metrics.map((metric) => {
    const key = jsonKey(metric.name);
    const { value, deviation, interval, reason } = table.values[key]!;
    if (reason !== undefined) reasons.set(metric.title, reason);
    return [
      metricHeading(metric),
      metricValueText(value),
      metricValueText(deviation),
      intervalText(interval),
      metricValueText(table.ceiling[key]!.value),
      metricValueText(table.floor[key]!.value),
    ];
  });
  const columns = [
    left('metric'),
    right('fakes'),
    right('sd'),
    right('95 % interval'),
    right('real, real'),
    right('real, noise'),
  ];
  return markdownTable(columns, rows) + footnotes(reasons);
}

const valueOf = ({ values }: SetColumn, name: string): SetValue | undefined =>
  values.find((value) => value.name === name);

/** `0.0123 ± 0.0011`, where there is a deviation over subsets. */
function setValueText(value: SetValue | undefined): string {
  const deviation = value?.deviation === undefined ? '' : ` ± ${metricValueText(value.deviation)}`;
  return `${metricValueText(value?.value)}${deviation}`;
}

const countsText = ({ images }: SetColumn): string => `${images.fake} against ${images.real}`;

/** A table of set metrics, one per line, and how near fakes lie to reals. */
export function setTableText(table: SetTable, plugins: Plugins): string {
  const reasons = new Map<string, string>();
  const rows = table.values.map((value) => {
    const title = figureTitle(value.name, plugins);
    if (value.reason !== undefined) reasons.set(title, value.reason);
    return [
      `${title} ${arrow(value.direction)}`,
      setValueText(value),
      setValueText(valueOf(table.ceiling, value.name)),
      setValueText(valueOf(table.floor, value.name)),
    ];
  });
  rows.push(['images', countsText(table), countsText(table.ceiling), countsText(table.floor)]);
  const columns = [left('metric'), right('fakes'), right('real, real'), right('real, noise')];
  return `${markdownTable(columns, rows)}${footnotes(reasons)}\n${nearestText(table)}`;
}

function nearestText({ nearestReal }: SetTable): string {
  const { nearer, medianFake, medianReal, reason } = nearestReal;
  if (reason !== undefined) return `nearest real image: ${reason}`;
  const shares = nearer.map(
    ({ quantile, share }) =>
      `${percent(share)} nearer than ${quantile === 0 ? 'any two reals' : `${percent(quantile)} of reals`}`,
  );
  return (
    `nearest real image: median ${metricValueText(medianFake)}, of a real to another ${metricValueText(medianReal)}; ` +
    `fakes ${shares.join(', ')}`
  );
}

const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;

/** Whether fakes vary as reals do. */
function diversityText({ metric, real, fake }: Diversity, plugins: Plugins): string {
  return (
    `diversity: mean ${figureTitle(metric, plugins)} between fakes ${metricValueText(fake.value)}, between reals ${metricValueText(real.value)} ` +
    `(${fake.count} and ${plural(real.count, 'pair')}); well above the reals' means images that repeat`
  );
}

/** How to read the two columns on the right. */
const ENDS =
  '"real, real" sets real images against others, as a perfect generator would stand; "real, noise" sets noise against them';

/** Everything `metrics.json` has, for people. */
export function evaluationText(
  evaluation: RunEvaluation,
  {
    plugins,
    metrics,
    runDir,
  }: { readonly plugins: Plugins; readonly metrics: readonly PairMetric[]; readonly runDir: string },
): string {
  const { checkpoint, best, original, paired_mean: pairedMean, against, diversity, sets = [] } = evaluation;
  const averaged = checkpoint.ema === undefined ? '' : `, ${averagedText(checkpoint.ema)}`;
  const parts = [`checkpoint of step ${checkpoint.step} (${checkpoint.chosen})${averaged}`];
  if (best)
    parts.push(
      `best while training: step ${best.step}, ${figureTitle(best.metric, plugins)} ${metricValueText(best.value)}`,
    );
  if (original) {
    const lost = original.settings['offByOne'] === true ? ', the last one dropped' : '';
    parts.push(
      `\noriginal protocol: ${plural(original.pairs, 'pair')}, i-th with i-th${lost}, each image min–max normalised\n`,
      pairTableText(original, metrics),
    );
  }
  if (pairedMean) {
    parts.push(
      `\npaired-mean protocol: each fake against ${pairedMean.settings['perFake']} random reals, ${plural(pairedMean.pairs, 'pair')}\n`,
      pairTableText(pairedMean, metrics),
    );
  }
  parts.push(`\n${directionsNote(metrics)}`, ENDS);
  if (against !== undefined) parts.push(`\nreal images of the part ${against}, on which it was not trained`);
  if (diversity) parts.push(`\n${diversityText(diversity, plugins)}`);
  for (const table of sets) {
    parts.push(`\nset metrics by ${String(table.features['extractor'])}\n`, setTableText(table, plugins));
  }
  if (sets.length > 0 && against === undefined)
    parts.push(`\nlook at the nearest pairs: ${join(runDir, RUN_FILES.nearestReal)}`);
  return parts.join('\n');
}
