import { formatValue, linearAxis, logAxis, type Axis } from './axis.ts';
import { drawPanel, LABEL_SIZE, legendHeight, TICK_SIZE, type Panel } from './chart-panel.ts';
import { isWide, omissions, plot, smoothingSpan, type Plot, type PlottedSeries } from './curve-series.ts';
import { loggedSeries, type CurvePoint } from './logged-series.ts';
import { FAINT_INK, INK } from './palette.ts';
import { renderSvg } from './png.ts';
import { fitText, textWidth } from './stroke-font.ts';
import { escapeXml, fontText, strokeText } from './svg-text.ts';

export interface LossCurveOptions {
  /** Default: Losses. */
  readonly title?: string;
  /** In SVG pixels; default 960. */
  readonly width?: number;
  /** Of the losses; default `auto`: logarithmic when all are positive and span a factor of 100 or more. */
  readonly scale?: 'linear' | 'log' | 'auto';
  /** Points the exponential mean reaches over, 1 for none; default: a fortieth of them, at least 5. */
  readonly smoothing?: number;
  /** `font`: text elements in the reader's font (default). `strokes`: paths, for where no font is installed. */
  readonly text?: 'font' | 'strokes';
}

/** One panel before it has a place. */
interface Chart {
  readonly plotted: readonly PlottedSeries[];
  readonly y: Axis;
  readonly yLabel: string;
  readonly height: number;
  readonly log: boolean;
}

const TOP = 52;
const RIGHT = 28;
/** Room left of the tick labels, for the axis label. */
const LEFT = 42;
const BETWEEN = 18;
/** Room below the last panel, for the step labels. */
const BOTTOM = 52;
const NOTE_ROW = 19;
const TITLE_SIZE = 19;
const NOTE_SIZE = 12.5;
const EMPTY = 'no finite value yet';

function lossAxis(range: Plot['range'], log: boolean): Axis {
  if (!range) return linearAxis(0, 1, { snap: true });
  const [low, high] = range;
  if (log) {
    // At least a decade, so that a power of ten marks the axis.
    const room = Math.max(0.55 - (high - low) / 2, 0.04 * (high - low));
    return logAxis(low - room, high + room);
  }
  // Losses are read against zero where zero is near.
  return linearAxis(low > 0 && low < high / 2 ? 0 : low, high, { snap: true });
}

/** The losses, and below them the probabilities where some were logged. `points` by ascending step. */
function charts(
  points: readonly CurvePoint[],
  { scale, span }: { scale: 'linear' | 'log' | 'auto'; span: number },
): Chart[] {
  const losses = loggedSeries(points, 'loss/');
  const log = scale === 'log' || (scale === 'auto' && isWide(losses));
  const { plotted, range } = plot(losses, { log, span });
  const yLabel = log ? 'loss (log scale)' : 'loss';
  const lossChart = { plotted, y: lossAxis(range, log), yLabel, height: 320, log };
  const probabilities = loggedSeries(points, 'prob/');
  if (probabilities.length === 0) return [lossChart];
  const probabilityChart = {
    plotted: plot(probabilities, { log: false, span, range: [0, 1] }).plotted,
    y: linearAxis(0, 1, { snap: true }),
    yLabel: 'probability of real',
    height: 190,
    log: false,
  };
  return [lossChart, probabilityChart];
}

function stepAxis(points: readonly CurvePoint[]): Axis {
  const first = points[0]?.step ?? 0;
  const last = points.at(-1)?.step ?? 1;
  if (first === last) return linearAxis(first - 0.5, last + 0.5, { integers: true });
  return linearAxis(first > 0 && first <= last / 20 ? 0 : first, last, { ticks: 8, integers: true });
}

/** Gives each chart its place, one below the other, with the plotting areas flush. */
function layOut(all: readonly Chart[], x: Axis, width: number): Panel[] {
  const tickLabels = all.flatMap(({ y }) => y.ticks.map(({ label }) => textWidth(label, TICK_SIZE)));
  const left = Math.round(LEFT + Math.max(...tickLabels));
  const areaWidth = width - left - RIGHT;
  let bottom = TOP;
  return all.map(({ plotted, y, yLabel, height }) => {
    const labels = plotted.map(({ series }) => series.label);
    const top = bottom + legendHeight(labels, areaWidth);
    bottom = top + height + BETWEEN;
    return { plotted, x, y, yLabel, area: { x: left, y: top, width: areaWidth, height }, emptyText: EMPTY };
  });
}

/** A series in words: for those who do not see the drawing. */
function describe({ series, line }: PlottedSeries, { yLabel, log }: Chart): string {
  const drawn = [...line.ys.keys()].filter((i) => !Number.isNaN(line.ys[i]!));
  const [first, last] = [drawn[0], drawn.at(-1)];
  if (first === undefined || last === undefined) return `${yLabel}, ${series.label}: ${EMPTY}.`;
  const place = (i: number): string => {
    const value = log ? 10 ** line.ys[i]! : line.ys[i]!;
    return `${formatValue(value)} at step ${formatValue(series.steps[i]!, 1)}`;
  };
  const course = first === last ? place(first) : `from ${place(first)} to ${place(last)}`;
  return `${yLabel}, ${series.label}: ${course}.`;
}

/**
 * Loss curves as SVG on white: one panel of everything logged under `loss/`, and, where there is anything under `prob/`,
 * a second one of the discriminator's probabilities; other keys are not drawn. Each point is drawn faint and the
 * exponential mean bold. Values that are not finite leave gaps, and notes below tell what is not shown. Thinned out, so
 * that the size does not grow with the number of points (< 100 kB). Equal points, equal text.
 * @param points in any order; of points of one step all are drawn.
 */
export function lossCurve(points: readonly CurvePoint[], options: LossCurveOptions = {}): string {
  const { title = 'Losses', width = 960, scale = 'auto', text = 'font' } = options;
  const paint = text === 'font' ? fontText : strokeText;
  const sorted = [...points].sort((a, b) => a.step - b.step);
  const span = options.smoothing ?? smoothingSpan(sorted.length);
  const all = charts(sorted, { scale, span });
  const panels = layOut(all, stepAxis(sorted), width);
  const notes = all.flatMap(({ plotted, y }) => plotted.flatMap((series) => omissions(series, y)));
  if (span > 1) notes.unshift(`bold: exponential mean over about ${span} points; faint: every point`);

  const { area } = panels.at(-1)!;
  const bottom = area.y + area.height;
  const firstNote = bottom + BOTTOM + 16;
  const height = notes.length === 0 ? bottom + BOTTOM + 4 : firstNote + notes.length * NOTE_ROW - 4;
  const description = all
    .flatMap((chart) => chart.plotted.map((series) => describe(series, chart)))
    .join(' ');
  const titleStyle = { x: area.x, y: 34, size: TITLE_SIZE, colour: INK };
  const stepStyle = { x: area.x + area.width / 2, y: bottom + 42, size: LABEL_SIZE, colour: INK };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}" font-family="ui-sans-serif, system-ui, sans-serif">`,
    `<title>${escapeXml(title)}</title>`,
    `<desc>${escapeXml(description)}</desc>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    paint(fitText(title, TITLE_SIZE, area.width), titleStyle),
    ...panels.map((panel) => drawPanel(panel, paint, { stepLabels: panel.area === area })),
    paint('step', { ...stepStyle, anchor: 'middle' }),
    ...notes.map((note, i) => {
      const style = { x: area.x, y: firstNote + i * NOTE_ROW, size: NOTE_SIZE, colour: FAINT_INK };
      return paint(fitText(note, NOTE_SIZE, area.width), style);
    }),
    '</svg>\n',
  ].join('\n');
}

/** The same curve as PNG, two pixels to an SVG pixel; its text needs no installed font. */
export function lossCurvePng(
  points: readonly CurvePoint[],
  options: Omit<LossCurveOptions, 'text'> = {},
): Promise<Uint8Array> {
  return renderSvg(lossCurve(points, { ...options, text: 'strokes' }));
}
