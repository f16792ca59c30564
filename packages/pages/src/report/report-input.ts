import type { PublishedFigure, Study, TrialRecord } from '@medgan/experiment-registry';

/** The images that a run was trained on. */
export interface ReportData {
  readonly name: string;
  readonly images: number;
  readonly fingerprint: string;
  readonly classes: readonly string[];
}

/** What a run's folder holds for the report; whoever reads the folder says. */
export interface ReportRun {
  /** Of its record. */
  readonly id: string;
  /** `log.jsonl`. */
  readonly log?: string;
  /** Real images beside the last generated ones. */
  readonly grid?: string;
  readonly data?: ReportData;
  /** Such as `onnx on cpu, 1 thread`. */
  readonly engine?: string;
}

/** A study in one configuration, run or not. */
export interface ReportInput {
  readonly study: Study;
  /** None for a study that was not run yet. */
  readonly records: readonly TrialRecord[];
  readonly runs: readonly ReportRun[];
  /** What runs it: shown where it was not run, and under the settings where it was; absent where that is not known. */
  readonly command?: string;
  /** A single run, which has no configurations and no question. */
  readonly isRun?: boolean;
}

/** What a report is made of. */
export interface ReportOptions {
  readonly studies: readonly ReportInput[];
  /** Folder of the report. */
  readonly out: string;
  /** What a reader must know of the data. */
  readonly dataNote?: string;
  /** How to print figures that a study does not describe. */
  readonly describe?: Readonly<Record<string, PublishedFigure>>;
  /** Files that could not be read and are therefore missing: one line each. */
  readonly problems?: readonly string[];
}
