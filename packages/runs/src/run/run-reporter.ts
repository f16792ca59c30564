import type { Reporter } from '@medgan/trainer';

/** What is shown while a run is prepared and trained. */
export interface RunReporter extends Reporter {
  onNote(message: string): void;
  onWarning(message: string): void;
  /** That many of all images are read. */
  onData(done: number, total: number): void;
}

/** What a run's work needs of its caller. */
export interface RunContext {
  readonly reporter: RunReporter;
  /** Aborting it ends the work early. */
  readonly signal: AbortSignal;
}
