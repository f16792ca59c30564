import type { Reporter } from '@medgan/trainer';

/** What is shown while a run is prepared and trained. */
export interface RunReporter extends Reporter {
  /** A line that says what happens. */
  onNote(message: string): void;
  /** A line about something that the user may not expect. */
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
