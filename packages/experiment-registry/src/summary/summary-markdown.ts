import { markdownTable } from '../table.ts';
import { comparisonTable } from './comparison-table.ts';
import type { StudySummary } from './study-summary.ts';
import { verdictTable } from './verdict-table.ts';

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
export function verdictMarkdown(summary: StudySummary): string | undefined {
  const table = verdictTable(summary);
  if (!table) return undefined;
  return markdownTable(
    table.columns.map(({ title, kind }) => ({ title, align: kind === 'text' ? 'left' : 'right' })),
    table.rows,
  );
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
