import { join } from 'node:path';
import { writeFileAtomically } from '@medgan/files';
import { STUDY_FILES } from '@medgan/plugin-api';
import { escapeHtml } from '../frame/html.ts';
import { PAPER_COLOURS, drawChart, lineStyle, lossChartOption } from './loss-chart.ts';
import { LOSS_KEYS, type LossKey } from './read-losses.ts';
import type { LossCurves } from './loss-curves.ts';
import { page } from './page.ts';
import type { ReportOptions } from './report-input.ts';
import { chartPath, gridPath, reportMarkdown } from './report-markdown.ts';
import { studyReport, type StudyReport } from './study-report.ts';

/** Where the report lies. */
export interface WrittenReport {
  readonly htmlPath: string;
  /** Of the page. */
  readonly htmlBytes: number;
  readonly markdownPath: string;
}

/**
 * Writes `index.html`, which needs no other file, and `RESULTS.md` with its pictures under `images/`. The same runs give
 * the same bytes.
 */
export async function writeReport(options: ReportOptions): Promise<WrittenReport> {
  const reports: StudyReport[] = [];
  for (const study of options.studies) reports.push(await studyReport(study, options));
  const text = await page(reports, options);
  const htmlPath = join(options.out, 'index.html');
  const markdownPath = join(options.out, STUDY_FILES.results);
  for (const report of reports) await writePictures(report, options.out);
  await writeFileAtomically(htmlPath, text);
  await writeFileAtomically(markdownPath, reportMarkdown(reports, options));
  return { htmlPath, htmlBytes: Buffer.byteLength(text), markdownPath };
}

async function writePictures({ summary: { name }, curves, grids }: StudyReport, out: string): Promise<void> {
  for (const { group, image } of grids)
    await writeFileAtomically(join(out, gridPath(name, group)), image.bytes);
  if (!curves) return;
  for (const key of LOSS_KEYS)
    await writeFileAtomically(join(out, chartPath(name, key)), paperChart(curves, key));
}

const PAPER = { width: 720, height: 320 };
const LEGEND_LINE = 20;

/** A loss chart that stands alone: on white, with its title and legend. */
function paperChart(curves: LossCurves, key: LossKey): string {
  const chart = drawChart(lossChartOption(curves, key, PAPER_COLOURS), { id: 'chart', ...PAPER });
  const labels = curves.byKey[key].map(({ label }, index) => {
    const { colour, dash } = lineStyle(index, PAPER_COLOURS);
    const y = 40 + index * LEGEND_LINE;
    return `<line x1="46" x2="76" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2.4" stroke-dasharray="${dash.join(' ')}"/><text x="84" y="${y + 4}" font-size="12">${escapeHtml(label)}</text>`;
  });
  const top = 40 + labels.length * LEGEND_LINE;
  const height = top + PAPER.height;
  const { ink } = PAPER_COLOURS;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${PAPER.width}" height="${height}" viewBox="0 0 ${PAPER.width} ${height}">
<rect width="100%" height="100%" fill="#ffffff"/>
<g fill="${ink}" font-family="system-ui, sans-serif"><text x="46" y="22" font-size="14" font-weight="600">${key.replace('/', ', ')}</text>${labels.join('')}</g>
<g transform="translate(0 ${top})">${chart.replace(/<\/?svg[^>]*>/g, '')}</g>
</svg>
`;
}
