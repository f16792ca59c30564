import { formatValue } from './axis.ts';
import { quantile, smooth, type Trace } from './trace.ts';

/** One logged quantity: its name and line, and its value at each step (any number, NaN and infinities too). */
export interface Series {
  readonly label: string;
  /** A CSS colour. */
  readonly colour: string;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** A series as it is drawn: plotted values, which are decimal logarithms on a log scale. */
export interface PlottedSeries {
  readonly series: Series;
  /** Every point; NaN where nothing can be drawn. */
  readonly raw: Trace;
  /** The smoothed line; the raw one where there are too few points to smooth. */
  readonly line: Trace;
}

/** Fewer points than these are drawn as they are. */
const SMOOTHED_FROM = 60;
/** Outliers are cut off only from as many points as can tell what is usual. */
const CUT_FROM = 100;
/** Outliers are cut off only where they would squeeze the rest to less than this share of the axis. */
const SQUEEZED = 0.5;
/** A panel whose middle 90 % span this factor is easier to read on a log scale. */
const WIDE = 100;

/** Points the exponential mean reaches over: a fortieth of the curve. 1 = no smoothing. */
export const smoothingSpan = (points: number): number =>
  points < SMOOTHED_FROM ? 1 : Math.min(500, Math.max(5, Math.round(points / 40)));

function finite(lists: readonly (readonly number[])[]): Float64Array {
  const kept: number[] = [];
  for (const list of lists) {
    for (const value of list) if (Number.isFinite(value)) kept.push(value);
  }
  return Float64Array.from(kept).sort();
}

/** Whether all finite values are positive and their middle 90 % span a factor of 100 or more. */
export function isWide(series: readonly Series[]): boolean {
  const sorted = finite(series.map(({ values }) => values));
  return sorted.length > 0 && sorted[0]! > 0 && quantile(sorted, 0.95) >= WIDE * quantile(sorted, 0.05);
}

/** A value on its scale, NaN where it has no place there. */
function plottedValue(value: number, log: boolean): number {
  if (!Number.isFinite(value) || (log && value <= 0)) return NaN;
  return log ? Math.log10(value) : value;
}

/** What a panel draws, and the range of plotted values its axis should show: undefined when there is no point at all. */
export interface Plot {
  readonly plotted: readonly PlottedSeries[];
  readonly range: readonly [low: number, high: number] | undefined;
}

/** The range of all points, save the few that would squeeze the rest. */
function usualRange(traces: readonly Trace[]): [low: number, high: number] | undefined {
  const sorted = finite(traces.map(({ ys }) => ys));
  if (sorted.length === 0) return undefined;
  const [lowest, highest] = [sorted[0]!, sorted.at(-1)!];
  if (sorted.length < CUT_FROM) return [lowest, highest];
  const [low, high] = [quantile(sorted, 0.005), quantile(sorted, 0.995)];
  return high - low < SQUEEZED * (highest - lowest) ? [low, high] : [lowest, highest];
}

export interface PlotOptions {
  /** Plots decimal logarithms. */
  readonly log: boolean;
  /** Points the exponential mean reaches over, 1 for none. */
  readonly span: number;
  /** Default: what holds the points, see `Plot`. */
  readonly range?: readonly [low: number, high: number];
}

/**
 * Prepares series for one panel. The mean over `span` points takes outliers beyond the range as being at its edge, so
 * that a single one does not carry the line away for long.
 */
export function plot(series: readonly Series[], options: PlotOptions): Plot {
  const { log, span } = options;
  const traces = series.map(({ steps, values }) => ({
    xs: steps,
    ys: values.map((value) => plottedValue(value, log)),
  }));
  const range = options.range ?? usualRange(traces);
  const plotted = series.map((one, i): PlottedSeries => {
    const raw = traces[i]!;
    if (span <= 1 || !range) return { series: one, raw, line: raw };
    const [low, high] = range;
    const usual = raw.ys.map((y) => Math.min(high, Math.max(low, y)));
    return { series: one, raw, line: { xs: raw.xs, ys: smooth(usual, span) } };
  });
  return { plotted, range };
}

/** What the drawing does not show of a series, one sentence each. */
export function omissions(plotted: PlottedSeries, shown: { low: number; high: number }): string[] {
  const { label, steps, values } = plotted.series;
  const { ys } = plotted.raw;
  const count = { notFinite: 0, notPositive: 0, beyond: 0 };
  let [firstNotFinite, farthest] = [-1, -1];
  const tolerance = 1e-6 * (shown.high - shown.low);
  const outside = (i: number): number => Math.max(shown.low - ys[i]!, ys[i]! - shown.high);
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value)) {
      if (count.notFinite++ === 0) firstNotFinite = i;
    } else if (Number.isNaN(ys[i]!)) count.notPositive++;
    else if (outside(i) > tolerance) {
      count.beyond++;
      if (farthest < 0 || outside(i) > outside(farthest)) farthest = i;
    }
  }
  const of = (n: number): string => `${formatValue(n, 1)} of ${formatValue(values.length, 1)} values`;
  const at = (i: number): string => `step ${formatValue(steps[i]!, 1)}`;
  const notes: string[] = [];
  if (count.notFinite > 0) {
    notes.push(`${label}: ${of(count.notFinite)} not finite, the first at ${at(firstNotFinite)} (gaps)`);
  }
  if (count.notPositive > 0)
    notes.push(`${label}: ${of(count.notPositive)} not above 0, so not on a log scale (gaps)`);
  if (count.beyond > 0) {
    const farthestValue = `${formatValue(values[farthest]!)} at ${at(farthest)}`;
    const inMean = plotted.line === plotted.raw ? '' : '; the mean takes them as at its edge';
    notes.push(`${label}: ${of(count.beyond)} beyond the axis, the farthest ${farthestValue}${inMean}`);
  }
  return notes;
}
