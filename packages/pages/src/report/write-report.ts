import { join } from 'node:path';
import { writeFileAtomically } from '@medgan/files';
import { STUDY_FILES } from '@medgan/plugin-api';
import { paperCharts } from '../charts/paper-charts.ts';
import { lossChart } from './loss-curves.ts';
import { LOSS_KEYS } from './read-losses.ts';
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

const CHART_HEIGHT = 320;

async function writePictures({ summary: { name }, curves, grids }: StudyReport, out: string): Promise<void> {
  for (const { group, image } of grids)
    await writeFileAtomically(join(out, gridPath(name, group)), image.bytes);
  if (!curves) return;
  for (const key of LOSS_KEYS) {
    const chart = { title: key.replace('/', ', '), height: CHART_HEIGHT, ...lossChart(curves, key) };
    await writeFileAtomically(join(out, chartPath(name, key)), paperCharts([chart]));
  }
}
