import type { ControlKeys, Published, PublishedFigure } from '../experiment-schema.ts';
import type { ChoosingFigure, Figures, TrialRecord, TrialState } from '../trial-records.ts';
import type { Comparison } from './compare.ts';
import type { MeanSd, Range } from './mean-sd.ts';
import type { RankAgreement } from './rank-agreement.ts';

/** A quantity of the tables. */
export interface FigureColumn {
  /** As in `TrialResult.figures`. */
  readonly key: string;
  readonly name: string;
  readonly unit?: string;
  /** Known only of described figures; losses have no direction. */
  readonly better?: PublishedFigure['better'];
  readonly note?: string;
  /** Decimals of the published values; absent where none is published. */
  readonly decimals?: number;
}

/** Trials that differ in the seed only. */
export interface GroupSummary {
  readonly id: string;
  readonly label: string;
  /** The label without the name of the setting, where only one is varied: `128`. */
  readonly short: string;
  readonly settings: ControlKeys;
  readonly trials: readonly TrialRecord[];
  /** Finished trials: the n of the means. */
  readonly finished: number;
  /** By figure, at the last checkpoint. */
  readonly last: Readonly<Record<string, MeanSd>>;
  /**
   * By figure, at the best checkpoint of each seed; a seed whose best is its last counts with its last. Undefined where
   * no seed has a better one than the last.
   */
  readonly best: Readonly<Record<string, MeanSd>> | undefined;
  /** The steps of the best checkpoints. */
  readonly bestSteps: readonly number[];
  /** By figure. */
  readonly published: Figures;
  /** Why these figures are taken as this setting's, where the source does not say so. */
  readonly assumed: string | undefined;
  /** `last` against `published`, by figure. */
  readonly comparisons: Readonly<Record<string, Comparison>>;
  /** `best` against `published`, by figure. */
  readonly bestComparisons: Readonly<Record<string, Comparison>>;
  /** Wall-clock time of all its trials. */
  readonly seconds: number;
}

type StudyState = 'not run' | 'finished' | 'incomplete' | 'failed';

/** What a study found, beside what was published. */
export interface StudySummary {
  /** Folder of the study. */
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly configuration: string;
  readonly note: string | undefined;
  readonly state: StudyState;
  readonly counts: Readonly<Partial<Record<TrialState, number>>>;
  readonly figures: readonly FigureColumn[];
  readonly groups: readonly GroupSummary[];
  /** By what the best checkpoints were chosen, once each; none where no trial was evaluated while it trained. */
  readonly chosenBy: readonly Pick<ChoosingFigure, 'key' | 'name' | 'better'>[];
  /** Noise in place of generated images, over all trials. */
  readonly floor: Readonly<Record<string, Range>>;
  /** Other real images in place of generated ones, over all trials. */
  readonly ceiling: Readonly<Record<string, Range>>;
  readonly published: Published | undefined;
  readonly verdict: Verdict;
  /** Wall-clock time of all trials. */
  readonly seconds: number;
}

/** Whether two orderings agree. */
export type Agreement = 'agrees' | 'disagrees' | 'partly' | 'undecided';

/** Does our ordering of the settings agree with the published one, by one figure? */
export interface FigureVerdict extends RankAgreement {
  readonly figure: string;
  readonly agreement: Agreement;
  /** The settings from the best on: `16 > 64 = 128`; `=` is equal in print. */
  readonly ourOrder: string;
  readonly publishedOrder: string;
}

/** The answer of a study, beside the published one. */
export interface Verdict {
  readonly kind: Agreement | 'not-run' | 'nothing-published' | 'nothing-to-order' | 'incomplete';
  /** One word or two. */
  readonly short: string;
  /** The answer in whole sentences, uncertainty included. */
  readonly text: string;
  readonly figures: readonly FigureVerdict[];
}
