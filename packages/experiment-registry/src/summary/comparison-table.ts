import type { Judgement } from './compare.ts';
import { differenceText, digitsOf, headingText, meanSdText, numberText, rangeText } from './figure-text.ts';
import type { FigureColumn, GroupSummary, StudySummary } from './study-summary.ts';

type RowKind = 'last' | 'best' | 'published' | 'difference' | 'best-difference' | 'floor' | 'ceiling';

interface ComparisonCell {
  /** Empty where there is no value. */
  readonly text: string;
  /** Of differences. */
  readonly judgement?: Judgement;
}

/** One row of the comparison with the published figures. */
export interface ComparisonRow {
  readonly kind: RowKind;
  readonly title: string;
  /** One a column. */
  readonly cells: readonly ComparisonCell[];
}

/** A setting's rows, or those of the yardsticks. */
interface ComparisonBlock {
  readonly title: string;
  readonly rows: readonly ComparisonRow[];
}

/** Ours beside the published figures, between floor and ceiling, ready to be drawn. */
export interface ComparisonTable {
  readonly columns: readonly (FigureColumn & { readonly heading: string; readonly digits: number })[];
  readonly blocks: readonly ComparisonBlock[];
}

/** The table of a study; losses, which have no better or worse, are not in it. No columns where nothing is known. */
export function comparisonTable(summary: StudySummary): ComparisonTable {
  const columns = summary.figures
    .filter(({ better }) => better !== undefined)
    .map((column) => ({ ...column, heading: headingText(column), digits: digitsOf(column, summary) }));
  const settings = summary.groups.map((group) => ({
    title: group.label,
    rows: groupRows(group, { columns, chosenBy: summary.chosenBy }).filter(({ cells }) =>
      cells.some(({ text }) => text !== ''),
    ),
  }));
  const yardsticks = (['ceiling', 'floor'] as const).map((kind) => ({
    kind,
    title: kind === 'ceiling' ? 'other real images (ceiling)' : 'noise (floor)',
    cells: columns.map(({ key, digits }) => {
      const range = summary[kind][key];
      return { text: range ? rangeText(range, digits) : '' };
    }),
  }));
  const known = yardsticks.filter(({ cells }) => cells.some(({ text }) => text !== ''));
  return {
    columns,
    blocks: [...settings, { title: 'for comparison', rows: known }].filter(({ rows }) => rows.length > 0),
  };
}

function groupRows(
  group: GroupSummary,
  { columns, chosenBy }: Pick<ComparisonTable, 'columns'> & Pick<StudySummary, 'chosenBy'>,
): ComparisonRow[] {
  const { last, best, published, comparisons, bestComparisons, finished } = group;
  const seeds = finished > 1 ? `, ${finished} seeds` : '';
  const by = chosenBy.length === 1 ? ` by ${chosenBy[0]!.name}` : '';
  const row = (
    kind: RowKind,
    title: string,
    cell: (column: ComparisonTable['columns'][number]) => ComparisonCell | undefined,
  ): ComparisonRow => ({ kind, title, cells: columns.map((column) => cell(column) ?? { text: '' }) });
  const means =
    (values: GroupSummary['last']) =>
    ({ key, digits }: ComparisonTable['columns'][number]) => {
      const value = values[key];
      return value && { text: meanSdText(value, digits) };
    };
  const differences =
    (values: GroupSummary['comparisons']) =>
    ({ key, digits }: ComparisonTable['columns'][number]) => {
      const value = values[key];
      return value && { text: differenceText(value, digits), judgement: value.judgement };
    };
  return [
    row('last', `ours, last${seeds}`, means(last)),
    row('published', 'published', ({ key, decimals = 0 }) => {
      const value = published[key];
      return value === undefined ? undefined : { text: numberText(value, decimals) };
    }),
    row('difference', 'difference, last', differences(comparisons)),
    row('best', `ours, best${by}${seeds}`, means(best ?? {})),
    row('best-difference', 'difference, best', differences(bestComparisons)),
  ];
}
