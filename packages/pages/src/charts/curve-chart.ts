import { LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { CurvePoint } from './thin-curve.ts';

use([LineChart, GridComponent, SVGRenderer]);

/** Colours of a chart: names of the page's variables, or colours themselves where there is no page. */
export interface ChartColours {
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly series: readonly string[];
}

export const PAGE_COLOURS: ChartColours = {
  ink: 'var(--ink)',
  faint: 'var(--ink-faint)',
  line: 'var(--rule)',
  series: [1, 2, 3, 4, 5, 6].map((number) => `var(--series-${number})`),
};

/** On white. The palette of Okabe and Ito (2008), its light colours darkened to a contrast of 3:1. */
export const PAPER_COLOURS: ChartColours = {
  ink: '#1c2430',
  faint: '#566070',
  line: '#dfe3e8',
  series: ['#0072b2', '#c44e00', '#00795a', '#a3458c', '#8a6a00', '#56697a'],
};

/** A line with the band around it. */
export interface ChartCurve {
  readonly label: string;
  readonly points: readonly CurvePoint[];
  /** Number of its colour and dashes; default: its place in the chart. */
  readonly look?: number;
}

/** Curves over one axis. */
export interface Chart {
  readonly axis: 'epoch' | 'step';
  /** End of the axis; default: the last point. */
  readonly end?: number;
  /** Default: holds all but single spikes. */
  readonly range?: { readonly min: number; readonly max: number };
  readonly curves: readonly ChartCurve[];
}

/** Lines differ by their dashes too, for readers who see no colours. */
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [10, 3, 2, 3], [4, 2], [12, 4]];

/** The line of look `look`. */
export function lineStyle(
  look: number,
  { series }: ChartColours,
): { colour: string; dash: readonly number[] } {
  return { colour: series[look % series.length]!, dash: DASHES[look % DASHES.length]! };
}

/** A curve in words, for those who do not see it. */
export function describeCurve({ label, points }: ChartCurve): string {
  const [first, last] = [points[0], points.at(-1)];
  return first && last
    ? `${label} from ${first.mean.toPrecision(3)} to ${last.mean.toPrecision(3)}`
    : `${label} has no finite value`;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.round(q * (values.length - 1))] ?? 0;

/** From the lowest to the highest mean, without the few that would press the rest into less than half of the height. */
function usualMeans(means: readonly number[]): { low: number; high: number } {
  if (means.length === 0) return { low: 0, high: 0 };
  const all = { low: Math.min(...means), high: Math.max(...means) };
  const most = { low: quantile(means, 0.02), high: quantile(means, 0.98) };
  return most.high - most.low < (all.high - all.low) / 2 ? most : all;
}

/** The values that an axis shows: single spikes would press the rest flat, so they leave the picture. */
export function usualRange(curves: readonly ChartCurve[]): { min: number; max: number } {
  const points = curves.flatMap(({ points: each }) => each);
  const means = usualMeans(points.map(({ mean }) => mean));
  const lows = points.map(({ min }) => min);
  const highs = points.map(({ max }) => max);
  const low = Math.min(means.low, quantile(lows, 0.03));
  const high = Math.max(means.high, quantile(highs, 0.97));
  const margin = (high - low) * 0.05 || 0.5;
  return { min: low >= 0 && low < high / 2 ? 0 : rounded(low - margin), max: rounded(high + margin) };
}

/** The ECharts option of a chart; plain data, so that page and server draw the same. */
export function chartOption({ axis, end, range, curves }: Chart, colours: ChartColours): object {
  const { min, max } = range ?? usualRange(curves);
  // Bounds that were computed are no round numbers.
  const [showMin, showMax] = [range !== undefined || min === 0, range !== undefined];
  const axisText = { color: colours.faint, fontSize: 12, fontFamily: 'system-ui, sans-serif' };
  // The library would lift the colour of a line under the pointer, and knows no variables.
  const emphasis = { disabled: true };
  const series = curves.flatMap(({ label, points, look }, index) => {
    const { colour, dash } = lineStyle(look ?? index, colours);
    const band = {
      type: 'line',
      stack: `band ${index}`,
      stackStrategy: 'all',
      symbol: 'none',
      silent: true,
      emphasis,
    };
    const none = { lineStyle: { opacity: 0 }, itemStyle: { color: colour } };
    return [
      { ...band, ...none, group: index, data: points.map(({ x, min }) => [rounded(x), rounded(min)]) },
      {
        ...band,
        ...none,
        group: index,
        areaStyle: { color: colour, opacity: 0.13 },
        data: points.map(({ x, min, max }) => [rounded(x), rounded(max - min)]),
      },
      {
        type: 'line',
        name: label,
        group: index,
        // A line through one point would show nothing.
        ...(points.length === 1 ? { symbol: 'circle', symbolSize: 6 } : { symbol: 'none' }),
        emphasis,
        z: 3,
        lineStyle: { color: colour, width: 1.8, type: dash.length === 0 ? 'solid' : dash },
        itemStyle: { color: colour },
        data: points.map(({ x, mean }) => [rounded(x), rounded(mean)]),
      },
    ];
  });
  return {
    animation: false,
    grid: { left: 46, right: 14, top: 14, bottom: 42 },
    xAxis: {
      type: 'value',
      name: axis,
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: axisText,
      min: 0,
      max: end ?? 'dataMax',
      ...(axis === 'step' ? { minInterval: 1 } : {}),
      axisLabel: { ...axisText, showMaxLabel: false },
      axisLine: { lineStyle: { color: colours.faint } },
      axisTick: { lineStyle: { color: colours.faint } },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min,
      max,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...axisText, showMinLabel: showMin, showMaxLabel: showMax },
      splitLine: { lineStyle: { color: colours.line }, showMinLine: showMin, showMaxLine: showMax },
    },
    series,
  };
}

/**
 * Draws a chart as SVG, the same bytes at every call: `id` takes the place of the library's running number.
 */
export function drawChart(
  option: object,
  { id, width, height }: { id: string; width: number; height: number },
): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(option as EChartsCoreOption);
    return chart
      .renderToSVGString()
      .replace(/<style[^]*?<\/style>/g, '')
      .replace(/ (?:class|ecmeta_\w+)="[^"]*"/g, '')
      .replace(/zr\d+-/g, `${id}-`);
  } finally {
    // It would keep the process alive.
    chart.dispose();
  }
}
