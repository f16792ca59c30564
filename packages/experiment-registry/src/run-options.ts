import type { Clock, JobMessage } from '@medgan/plugin-api';
import type { Identify } from './plan-study.ts';
import type { Study, Trial } from './study.ts';
import type { TrialRecord, TrialResult } from './trial-records.ts';

/** Where and how a launcher runs one trial. */
export interface LaunchContext {
  /** The trial's run folder; it may hold what an interrupted or failed attempt at the same trial left. */
  readonly dir: string;
  /** Train it from the beginning, whatever the folder holds. */
  readonly anew: boolean;
  readonly signal: AbortSignal;
  /** Receives what a trial reports while it runs. */
  readonly onMessage: (message: JobMessage) => void;
}

/** Runs one trial to its end. What it throws counts as a failure of that trial alone. */
export type Launch = (trial: Trial, context: LaunchContext) => Promise<TrialResult>;

/** Hands trials in to a launcher whose jobs outlive this process. */
export type HandIn = (
  trials: readonly { readonly trial: Trial; readonly dir: string; readonly anew: boolean }[],
) => Promise<void>;

interface OfStudy {
  readonly study: Study;
  /** Folder of the study. */
  readonly studyDir: string;
}

/** Which trial of which study an event is of. */
export interface OfTrial extends OfStudy {
  readonly trial: Trial;
  /** From 0 on. */
  readonly index: number;
  /** Folder of the trial. */
  readonly dir: string;
}

/** What happens to the trials, for people and trackers to follow. A listener must not throw, nor take long. */
export type StudyEvent =
  | ({ readonly kind: 'study-started'; readonly records: readonly TrialRecord[] } & OfStudy)
  | ({ readonly kind: 'study-ended'; readonly outcome: StudyOutcome } & OfStudy)
  | ({ readonly kind: 'started' | 'kept' | 'ended' | 'skipped'; readonly record: TrialRecord } & OfTrial)
  | ({ readonly kind: 'message'; readonly message: JobMessage } & OfTrial)
  | ({ readonly kind: 'moved'; readonly to: string } & OfTrial);

/** How a study is run. */
export interface RunOptions {
  /** Folder of all runs; the study lies in `<root>/<study.name>/`. */
  readonly root: string;
  readonly launch: Launch;
  /** Given: trials are handed in by it, and none is waited for. */
  readonly handIn?: HandIn;
  /** What it throws ends the study before any trial. */
  readonly identify: Identify;
  readonly clock: Clock;
  /** Trials that run at a time; default 1. */
  readonly jobs?: number;
  /** After a failure `continue` (default) with the others, or start no more of them. */
  readonly onFailure?: 'continue' | 'stop';
  /** Run finished trials again. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  /** Receives all that happens, to show it. */
  readonly onEvent?: (event: StudyEvent) => void;
}

/** How a study ended. */
export interface StudyOutcome {
  readonly study: Study;
  /** Folder of the study, with `trials.json` and `RESULTS.md`. */
  readonly dir: string;
  readonly resultsPath: string;
  /** In the order of `study.trials`. */
  readonly records: readonly TrialRecord[];
  readonly status: 'finished' | 'interrupted' | 'failed' | 'handed-in';
  /** How to go on, where there is something left to do. */
  readonly advice?: string;
}
