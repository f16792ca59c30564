import type { Axis } from './axis.ts';
import type { PlottedSeries } from './curve-series.ts';
import { AXIS_LINE, FAINT_INK, GRID_LINE, INK } from './palette.ts';
import type { Box } from './raster.ts';
import { textWidth } from './stroke-font.ts';
import { coordinate, type TextPainter } from './svg-text.ts';
import { decimate, type Trace } from './trace.ts';

/** A chart of lines over steps: what it shows and where. */
export interface Panel {
  readonly plotted: readonly PlottedSeries[];
  readonly x: Axis;
  readonly y: Axis;
  readonly yLabel: string;
  /** The plotting area, without labels and legend. */
  readonly area: Box;
  /** Text instead of lines, for a chart without points. */
  readonly emptyText: string;
}

/** Font sizes in SVG pixels. */
export const LABEL_SIZE = 14;
export const TICK_SIZE = 13;

/** Lines and dots may reach over the edge of the plotting area by this much, so that those on it are whole. */
const BLEED = 3;

const LEGEND_SWATCH = 26;
const LEGEND_ROW = 24;
/** Columns the lines are thinned out to; the raw ones show their scatter with fewer. */
const COLUMNS = { raw: 400, line: 300 } as const;
/** Curves of up to so many points get a dot at each. */
const DOTTED_UP_TO = 40;

type Point = readonly [x: number, y: number];

/** The difference to the point before as a path writes it: no space where a minus sign parts the numbers. */
const move = (dx: number, dy: number): string => {
  const [right, down] = [coordinate(dx), coordinate(dy)];
  return down.startsWith('-') ? `${right}${down}` : `${right} ${down}`;
};

/** A path through the points in plot coordinates; a point alone between gaps becomes a dot, by round line ends. */
export function linePath(trace: Trace, place: (x: number, y: number) => Point): string {
  const parts: string[] = [];
  let last: Point | undefined;
  let drawn = 0;
  const end = (): void => {
    if (last && drawn === 0) parts.push('h0');
    last = undefined;
    drawn = 0;
  };
  for (const [i, value] of trace.ys.entries()) {
    if (Number.isNaN(value)) {
      end();
      continue;
    }
    // Rounded before the difference is taken, so that rounding does not add up along the line.
    const [x, y] = place(trace.xs[i]!, value).map((part) => Math.round(part * 10) / 10) as [number, number];
    if (last) parts.push(`${drawn++ === 0 ? 'l' : ' '}${move(x - last[0], y - last[1])}`);
    else parts.push(`M${coordinate(x)} ${coordinate(y)}`);
    last = [x, y];
  }
  end();
  return parts.join('');
}

function dots(trace: Trace, place: (x: number, y: number) => Point): string {
  const parts: string[] = [];
  for (const [i, value] of trace.ys.entries()) {
    if (Number.isNaN(value)) continue;
    const [x, y] = place(trace.xs[i]!, value);
    parts.push(`M${coordinate(x)} ${coordinate(y)}h0`);
  }
  return parts.join('');
}

const path = (d: string, attributes: string): string => (d === '' ? '' : `<path d="${d}" ${attributes}/>`);

function drawSeries({ series, raw, line }: PlottedSeries, place: (x: number, y: number) => Point): string {
  const { colour } = series;
  const faint =
    line === raw
      ? ''
      : path(
          linePath(decimate(raw, COLUMNS.raw), place),
          `stroke="${colour}" stroke-opacity=".28" stroke-width="1"`,
        );
  const bold = path(linePath(decimate(line, COLUMNS.line), place), `stroke="${colour}" stroke-width="2"`);
  const points =
    raw.xs.length > DOTTED_UP_TO ? '' : path(dots(raw, place), `stroke="${colour}" stroke-width="5.5"`);
  return faint + bold + points;
}

/** Legend entries side by side, in as many rows as they need. */
export function layOutLegend(labels: readonly string[], width: number): { x: number; row: number }[] {
  let [x, row] = [0, 0];
  return labels.map((label) => {
    const entry = LEGEND_SWATCH + 8 + textWidth(label, LABEL_SIZE);
    if (x > 0 && x + entry > width) [x, row] = [0, row + 1];
    const place = { x, row };
    x += entry + 32;
    return place;
  });
}

/** Height of the legend above a plot area of this width. */
export const legendHeight = (labels: readonly string[], width: number): number =>
  ((layOutLegend(labels, width).at(-1)?.row ?? -1) + 1) * LEGEND_ROW + 6;

function drawLegend({ plotted, area }: Panel, paint: TextPainter): string {
  const labels = plotted.map(({ series }) => series.label);
  const top = area.y - legendHeight(labels, area.width);
  return layOutLegend(labels, area.width)
    .map(({ x, row }, i) => {
      const { label, colour } = plotted[i]!.series;
      const [left, middle] = [area.x + x, top + row * LEGEND_ROW + LEGEND_ROW / 2];
      const swatch = `<path d="M${coordinate(left + 2)} ${coordinate(middle)}h${LEGEND_SWATCH - 4}" stroke="${colour}" stroke-width="3" stroke-linecap="round"/>`;
      const style = { x: left + LEGEND_SWATCH + 8, y: middle + 5, size: LABEL_SIZE, colour: INK };
      return swatch + paint(label, style);
    })
    .join('');
}

/** A panel as SVG elements; tick labels of the steps only where `stepLabels` asks for them. */
export function drawPanel(panel: Panel, paint: TextPainter, { stepLabels }: { stepLabels: boolean }): string {
  const { area, x, y, plotted } = panel;
  const across = (step: number): number => ((step - x.low) / (x.high - x.low)) * area.width;
  const down = (value: number): number => (1 - (value - y.low) / (y.high - y.low)) * area.height;
  // Renderers count in float32: what lies far outside is drawn just far enough outside.
  const near = (y: number): number => Math.min(3 * area.height, Math.max(-2 * area.height, y));
  const place = (step: number, value: number): Point => [BLEED + across(step), BLEED + near(down(value))];
  const { width, height } = area;
  const [left, bottom] = [area.x, area.y + height];

  const rules = [
    ...x.ticks.map(({ at }) => `M${coordinate(left + across(at))} ${area.y}v${height}`),
    ...y.ticks.map(({ at }) => `M${left} ${coordinate(area.y + down(at))}h${width}`),
  ];
  const marks = x.ticks.map(({ at }) => `M${coordinate(left + across(at))} ${bottom}v5`);
  const tick = { size: TICK_SIZE, colour: FAINT_INK } as const;
  const labels = [
    ...y.ticks.map(({ at, label }) =>
      paint(label, { x: left - 8, y: area.y + down(at) + 4.5, ...tick, anchor: 'end' }),
    ),
    ...(stepLabels
      ? x.ticks.map(({ at, label }) =>
          paint(label, { x: left + across(at), y: bottom + 20, ...tick, anchor: 'middle' }),
        )
      : []),
  ];
  const axisLabel = {
    x: 20,
    y: area.y + height / 2,
    size: LABEL_SIZE,
    colour: INK,
    anchor: 'middle',
  } as const;
  const hasPoints = plotted.some(({ raw }) => raw.ys.some((value) => !Number.isNaN(value)));
  const middle = { x: left + width / 2, y: area.y + height / 2 };
  const content = hasPoints
    ? // A nested svg clips to its box without an id, which would clash where drawings share a page.
      `<svg x="${left - BLEED}" y="${area.y - BLEED}" width="${width + 2 * BLEED}" height="${height + 2 * BLEED}" overflow="hidden"><g fill="none" stroke-linecap="round" stroke-linejoin="round">${plotted.map((series) => drawSeries(series, place)).join('')}</g></svg>`
    : paint(panel.emptyText, { ...middle, size: LABEL_SIZE, colour: FAINT_INK, anchor: 'middle' });
  return [
    `<path d="${rules.join('')}" fill="none" stroke="${GRID_LINE}"/>`,
    content,
    `<path d="M${left} ${area.y}V${bottom}H${left + width}${marks.join('')}" fill="none" stroke="${AXIS_LINE}"/>`,
    labels.join(''),
    paint(panel.yLabel, { ...axisLabel, upwards: true }),
    drawLegend(panel, paint),
  ].join('\n');
}
