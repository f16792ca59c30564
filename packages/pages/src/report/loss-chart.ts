import { LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { GroupCurve, LossCurves } from './loss-curves.ts';
import type { LossKey } from './read-losses.ts';

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

/** Dashes tell lines apart without their colours. */
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [10, 3, 2, 3], [4, 2], [12, 4]];

/** The look of the line of the group at `index`. */
export function lineStyle(
  index: number,
  { series }: ChartColours,
): { colour: string; dash: readonly number[] } {
  return { colour: series[index % series.length]!, dash: DASHES[index % DASHES.length]! };
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** The middle of a curve's life: single spikes would press the rest flat, so they leave the picture. */
function heightOf(curves: readonly GroupCurve[]): { min: number; max: number } {
  const points = curves.flatMap(({ points: each }) => each);
  const quantile = (values: number[], q: number): number =>
    values.sort((a, b) => a - b)[Math.round(q * (values.length - 1))] ?? 0;
  const low = Math.min(
    ...points.map(({ mean }) => mean),
    quantile(
      points.map(({ min }) => min),
      0.03,
    ),
  );
  const high = Math.max(
    ...points.map(({ mean }) => mean),
    quantile(
      points.map(({ max }) => max),
      0.97,
    ),
  );
  const margin = (high - low) * 0.05 || 0.5;
  return { min: low >= 0 && low < high / 2 ? 0 : rounded(low - margin), max: rounded(high + margin) };
}

/** The ECharts option of one loss; plain data, so that page and server draw the same. */
export function lossChartOption(curves: LossCurves, key: LossKey, colours: ChartColours): object {
  const groups = curves.byKey[key];
  const axisText = { color: colours.faint, fontSize: 12, fontFamily: 'system-ui, sans-serif' };
  // The library would lift the colour of a line under the pointer, and knows no variables.
  const emphasis = { disabled: true };
  const series = groups.flatMap(({ label, points }, index) => {
    const { colour, dash } = lineStyle(index, colours);
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
        symbol: 'none',
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
      name: curves.axis,
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: axisText,
      min: 0,
      max: 'dataMax',
      axisLabel: { ...axisText, showMaxLabel: false },
      axisLine: { lineStyle: { color: colours.faint } },
      axisTick: { lineStyle: { color: colours.faint } },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      ...heightOf(groups),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...axisText, showMinLabel: true, showMaxLabel: false },
      splitLine: { lineStyle: { color: colours.line } },
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
      .replace(/ class="[^"]*"/g, '')
      .replace(/zr\d+-/g, `${id}-`);
  } finally {
    // It would keep the process alive.
    chart.dispose();
  }
}
