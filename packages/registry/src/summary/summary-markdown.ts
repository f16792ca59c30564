import { markdownTable } from '../table.ts';
import { comparisonTable } from './comparison-table.ts';
import { numberText } from './figure-text.ts';
import type { FigureColumn, StudySummary } from './summarise.ts';
import type { FigureVerdict } from './verdict.ts';

const AGREEMENT = {
  agrees: 'agrees',
  disagrees: 'disagrees',
  partly: 'in part',
  undecided: 'undecided',
} as const;

/** Ours beside the published figures; undefined where there is neither. */
export function comparisonMarkdown(summary: StudySummary): string | undefined {
  const { columns, blocks } = comparisonTable(summary);
  if (columns.length === 0 || blocks.length === 0) return undefined;
  const rows = blocks.flatMap(({ title, rows: lines }) =>
    lines.map(({ kind, title: line, cells }, index) => [
      index === 0 ? title : '',
      line,
      ...cells.map(({ text }) => (kind === 'published' && text !== '' ? `*${text}*` : text)),
    ]),
  );
  return markdownTable(
    [
      { title: 'setting', align: 'left' },
      { title: '', align: 'left' },
      ...columns.map(({ heading }) => ({ title: heading, align: 'right' as const })),
    ],
    rows,
  );
}

/** The verdict figure by figure; undefined where there is none. */
export function verdictMarkdown({ verdict, figures }: StudySummary): string | undefined {
  if (verdict.figures.length === 0) return undefined;
  const titles = [
    'ours, best first',
    'published, best first',
    'ordering',
    'same',
    'opposite',
    'undecided',
    'equal in print',
    'τ_b',
  ];
  return markdownTable(
    ['figure', ...titles].map((title, index) => ({ title, align: index < 4 ? 'left' : 'right' })),
    verdict.figures.map((line) => [nameOf(figures, line), ...verdictCells(line)]),
  );
}

const nameOf = (figures: readonly FigureColumn[], { figure }: FigureVerdict): string =>
  figures.find(({ key }) => key === figure)?.name ?? figure;

/** One line of the verdict's table: our order, the published one, agreement, four counts and τ_b. */
export function verdictCells(line: FigureVerdict): string[] {
  const counts = [line.concordant, line.discordant, line.undecided, line.tied].map(String);
  const tau = line.tau === undefined ? '–' : numberText(line.tau, 2);
  return [line.ourOrder, line.publishedOrder, AGREEMENT[line.agreement], ...counts, tau];
}

/** What the source states and shows, its conclusion, notes on figures, and what it leaves open. */
export function publishedMarkdown({ published, groups }: StudySummary): string[] {
  if (!published) return [];
  const { source, data, stated, shown, conclusion, use, figures, open, rows } = published;
  const sentence = (title: string, text: string | undefined): string[] =>
    text === undefined ? [] : [`${title}${text}.`];
  const list = (items: readonly string[]): string[] =>
    items.length === 0 ? [] : [items.map((item) => `- ${item}`).join('\n')];
  const notes = Object.values(figures).flatMap(({ name, note }) =>
    note === undefined ? [] : [`${name}: ${note}`],
  );
  const assumed = [
    ...open.map(({ what, assumed: ours }) => `${what}: ${ours}`),
    ...groups.flatMap((group) =>
      group.assumed === undefined ? [] : [`the figures of ${group.label}: ${group.assumed}`],
    ),
  ];
  return [
    `${rows.length > 0 ? 'Figures in *italics* are published, not ours: ' : ''}${source}.${data === undefined ? '' : ` Data: ${data}.`}`,
    ...sentence('It shows ', shown),
    ...(stated.length === 0 ? [] : ['It states:', ...list(stated)]),
    ...sentence('Its conclusion: ', conclusion),
    ...sentence('Use: ', use),
    ...list(notes),
    ...(assumed.length === 0 ? [] : ['What it does not state, and **our assumption**:', ...list(assumed)]),
  ];
}
