import { plural } from '@medgan/files';
import {
  choiceText,
  comparisonMarkdown,
  durationText,
  markdownTable,
  publishedMarkdown,
  verdictMarkdown,
} from '@medgan/experiment-registry';
import { comparesPublished, configurationOf, titleOf } from './headings.ts';
import { LOSS_KEYS } from './read-losses.ts';
import type { ReportOptions } from './report-input.ts';
import type { StudyReport } from './study-report.ts';
import { caution, chartText, stateText } from './study-section.ts';

/** The first line of `RESULTS.md`, by which `medgan report` knows a file of its own. */
export const REPORT_MARK = '<!-- written by medgan report -->';

/** Files beside `RESULTS.md`, by their paths relative to it. */
export const chartPath = (study: string, key: string): string =>
  `images/${study}/${key.replace('/', '-')}.svg`;
export const gridPath = (study: string, group: string): string => `images/${study}/${group}.webp`;

/** The text of the overall `RESULTS.md`. */
export function reportMarkdown(
  reports: readonly StudyReport[],
  { dataNote, problems = [] }: ReportOptions,
): string {
  const compares = comparesPublished(reports);
  const overview = markdownTable(
    [
      { title: 'study', align: 'left' },
      { title: 'configuration', align: 'left' },
      { title: 'state', align: 'left' },
      ...(compares ? [{ title: 'does our ordering agree?', align: 'left' } as const] : []),
      { title: 'time', align: 'right' },
    ],
    reports.map((report) => {
      const { summary } = report;
      const agrees = summary.state === 'not run' ? '' : summary.verdict.short;
      return [
        `[${plain(summary.title)}](#${anchor(headingOf(report))})`,
        configurationOf(report),
        stateText(summary),
        ...(compares ? [agrees] : []),
        summary.seconds > 0 ? durationText(summary.seconds) : '',
      ];
    }),
  );
  return [
    `${REPORT_MARK}\n\n# ${titleOf(reports)}`,
    ...(dataNote === undefined ? [] : [plain(dataNote)]),
    overview,
    ...(problems.length === 0
      ? []
      : [`Left out:\n\n${problems.map((problem) => `- ${plain(problem)}`).join('\n')}`]),
    `Figures are means over seeds ± their standard deviation${compares ? '; *italics* are published' : ''}. Ceiling: other real images in place of generated ones; floor: noise. How to read them: docs/results.md.`,
    ...reports.flatMap(studyText),
  ]
    .join('\n\n')
    .concat('\n');
}

/** Text out of a file cannot become markup. */
const plain = (text: string): string => text.replace(/[<>]/g, (char) => (char === '<' ? '&lt;' : '&gt;'));

function headingOf(report: StudyReport): string {
  const configuration = configurationOf(report);
  return `${plain(report.summary.title)}${configuration === '' ? '' : ` (${configuration})`}`;
}

/** As GitHub makes anchors of headings. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
    .replace(/ /g, '-');

function studyText(report: StudyReport): string[] {
  const { summary, command, curves, grids, data, engines, problems } = report;
  const { name, title, question, note, verdict, state } = summary;
  const doubt = caution(summary);
  const comparison = comparisonMarkdown(summary);
  const orderings = verdictMarkdown(summary);
  const choice = choiceText(summary);
  return [
    `## ${headingOf(report)}`,
    plain(question),
    ...(note === undefined ? [] : [plain(note)]),
    ...(state === 'not run'
      ? [`Not run yet.${command === undefined ? '' : ` This runs it:\n\n\`\`\`sh\n${command}\n\`\`\``}`]
      : summary.published
        ? [`**Verdict: ${verdict.short}.** ${verdict.text}${doubt === undefined ? '' : ` ${doubt}`}`]
        : []),
    ...(choice === undefined ? [] : [plain(choice)]),
    ...(comparison === undefined ? [] : [comparison]),
    ...(orderings === undefined ? [] : [orderings]),
    ...(curves ? LOSS_KEYS.map((key) => `![${plain(chartText(curves, key))}](${chartPath(name, key)})`) : []),
    ...grids.map(
      ({ group, label, seed }) =>
        `![${plain(`${title}, ${label}`)}: real images left, generated ones right](${gridPath(name, group)})\n\n${plain(label)}, seed ${seed}`,
    ),
    ...data.map(
      ({ name: dataset, images, fingerprint }) =>
        `Data: ${plain(dataset)}, ${plural(images, 'image')}, fingerprint \`${fingerprint.slice(0, 12)}\`.`,
    ),
    ...(engines.length === 0 ? [] : [`Computed by ${engines.map(plain).join('; ')}.`]),
    ...publishedMarkdown(summary).map(plain),
    ...problems.map((problem) => `Missing here: ${plain(problem)}.`),
  ];
}
