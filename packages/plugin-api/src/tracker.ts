/** A point of one run: the log keys of architecture.md, such as `loss/generator`. */
export interface TrackedStep {
  /** Steps done, from 1. */
  readonly step: number;
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
}

/** Where a run's progress goes, beside its folder. The folder is the truth; a tracker must never stop training. */
export interface Tracker {
  logStep(step: TrackedStep): void;
  /** A file of the run folder was written; `path` is absolute, `name` relative to the run folder. */
  logFile(file: { readonly path: string; readonly name: string }): void;
  close(status: 'finished' | 'failed' | 'interrupted'): Promise<void>;
}
