import { escapeHtml } from '../frame/html.ts';
import {
  PAPER_COLOURS,
  chartOption,
  describeCurve,
  drawChart,
  lineStyle,
  type Chart,
  type ChartCurve,
} from './curve-chart.ts';

/** A chart with its heading; its legend stands between the two. */
export interface PaperChart extends Chart {
  readonly title: string;
  /** Of the plot, in SVG pixels. */
  readonly height: number;
}

const WIDTH = 720;
/** Where heading, legend and notes begin: flush with the plot. */
const LEFT = 46;
const RIGHT = 14;
const TITLE_BASELINE = 24;
const LEGEND_TOP = 44;
const LEGEND_ROW = 20;
const NOTE_ROW = 18;
/** Width of a sample line with the space after it. */
const SWATCH = 38;
/** An upper estimate of a letter's mean width at 12 pixels: the reader's font is not known. */
const LETTER = 6.5;
const LEGEND_GAP = 16;

/**
 * Charts one below the other as an SVG that stands alone, 720 pixels wide, on white, with headings, legends, and `notes`
 * at the foot. The same charts give the same text.
 */
export function paperCharts(charts: readonly PaperChart[], notes: readonly string[] = []): string {
  let height = 0;
  const parts = charts.map((chart, index) => {
    const { text, height: own } = chartPart(chart, `chart-${index}`);
    const part = `<g transform="translate(0 ${height})">${text}</g>`;
    height += own;
    return part;
  });
  const lines = notes.map((note, index) => {
    const y = height + 12 + index * NOTE_ROW;
    return `<text x="${LEFT}" y="${y}" font-size="12" fill="${PAPER_COLOURS.faint}">${escapeHtml(note)}</text>`;
  });
  if (notes.length > 0) height += 12 + notes.length * NOTE_ROW;
  const description = charts.map(
    ({ title, axis, curves }) => `${title} by ${axis}: ${curves.map(describeCurve).join('; ')}.`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif">
<title>${escapeHtml(charts.map(({ title }) => title).join('; '))}</title>
<desc>${escapeHtml(description.join(' '))}</desc>
<rect width="100%" height="100%" fill="#ffffff"/>
${[...parts, ...lines].join('\n')}
</svg>
`;
}

/** One chart with its heading and legend, from y = 0. */
function chartPart(chart: PaperChart, id: string): { text: string; height: number } {
  const { rows, text: entries } = legend(chart.curves);
  const top = LEGEND_TOP + rows * LEGEND_ROW - 8;
  const plot = drawChart(chartOption(chart, PAPER_COLOURS), { id, width: WIDTH, height: chart.height });
  const heading = `<text x="${LEFT}" y="${TITLE_BASELINE}" font-size="14" font-weight="600">${escapeHtml(chart.title)}</text>`;
  const text = `<g fill="${PAPER_COLOURS.ink}">${heading}${entries}</g>
<g transform="translate(0 ${top})">${plot.replace(/<\/?svg[^>]*>/g, '')}</g>`;
  return { text, height: top + chart.height };
}

/** A sample line and the label of every curve, in rows as wide as the plot. */
function legend(curves: readonly ChartCurve[]): { rows: number; text: string } {
  let [x, row] = [LEFT, 0];
  const entries = curves.map(({ label, look }, index) => {
    const { colour, dash } = lineStyle(look ?? index, PAPER_COLOURS);
    const width = SWATCH + label.length * LETTER;
    if (x > LEFT && x + width > WIDTH - RIGHT) [x, row] = [LEFT, row + 1];
    const [from, y] = [x, LEGEND_TOP + row * LEGEND_ROW];
    x += width + LEGEND_GAP;
    const dashes = dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
    return `<line x1="${from}" x2="${from + 30}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2.4"${dashes}/><text x="${from + SWATCH}" y="${y + 4}" font-size="12">${escapeHtml(label)}</text>`;
  });
  return { rows: row + 1, text: entries.join('') };
}
