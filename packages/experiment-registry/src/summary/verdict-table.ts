import { numberText } from './figure-text.ts';
import type { StudySummary } from './study-summary.ts';

const AGREEMENT = {
  agrees: 'agrees',
  disagrees: 'disagrees',
  partly: 'in part',
  undecided: 'undecided',
} as const;

/** A verdict figure by figure, as text; `τ_b` is the title of the last column. */
export interface VerdictTable {
  readonly columns: readonly { readonly title: string; readonly kind: 'text' | 'number' }[];
  /** The figure's name, our order, the published one, agreement, four counts and τ_b. */
  readonly rows: readonly (readonly string[])[];
}

const TEXTS = ['figure', 'ours, best first', 'published, best first', 'ordering'];
const NUMBERS = ['same', 'opposite', 'undecided', 'equal in print', 'τ_b'];

/** The verdict figure by figure; undefined where there is none. */
export function verdictTable({
  verdict,
  figures,
}: Pick<StudySummary, 'verdict' | 'figures'>): VerdictTable | undefined {
  if (verdict.figures.length === 0) return undefined;
  return {
    columns: [
      ...TEXTS.map((title) => ({ title, kind: 'text' as const })),
      ...NUMBERS.map((title) => ({ title, kind: 'number' as const })),
    ],
    rows: verdict.figures.map((line) => [
      figures.find(({ key }) => key === line.figure)?.name ?? line.figure,
      line.ourOrder,
      line.publishedOrder,
      AGREEMENT[line.agreement],
      ...[line.concordant, line.discordant, line.undecided, line.tied].map(String),
      line.tau === undefined ? '–' : numberText(line.tau, 2),
    ]),
  };
}
