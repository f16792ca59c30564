import type { OptionsSchema } from './options.ts';
import type { Named } from './registry.ts';

/** A trial as something any machine can run that sees the run folder under the same path. */
export interface TrialJob {
  /** The trial's id: no two jobs of a study share one. */
  readonly id: string;
  /** The run folder. It exists; everything that is worth keeping is written into it by the command. */
  readonly dir: string;
  /** A program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** What the command prints is added to this file. */
  readonly log: string;
  /** Cores that it is meant to use. */
  readonly threads: number;
}

/** Where a running trial stands, as far as its launcher knows. */
export interface TrialProgress {
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly stepsPerSecond?: number;
  readonly secondsLeft?: number;
  /** The losses, by log key. */
  readonly values: Readonly<Record<string, number>>;
}

/** What a job reports while it runs; a launcher that hears nothing from it reports nothing. */
export type JobMessage =
  | { readonly kind: 'progress'; readonly progress: TrialProgress }
  /** What it does now, such as `reading images 20/240`. */
  | { readonly kind: 'phase'; readonly text: string }
  /** A line of its log that people should see. */
  | { readonly kind: 'line'; readonly text: string; readonly warning: boolean };

/** How a job is asked to end, and where it reports. */
export interface JobContext {
  /** Aborting it asks the job, once, to save and to end; `launch` still waits for its end. */
  readonly signal: AbortSignal;
  /** To be called with what the job reports while it runs. */
  readonly onMessage: (message: JobMessage) => void;
}

/** How the command ended. What came of the trial is read from its folder, not from here. */
export interface JobEnd {
  /** The exit code; null when a signal or a scheduler ended it. */
  readonly code: number | null;
  /** What ended it: `SIGKILL`, `out of memory`, `time limit`. */
  readonly by?: string;
}

export interface LauncherDefinition<Options extends object = object> extends Named {
  /** One sentence for people. */
  readonly summary: string;
  /** JSON Schema of its options, with their defaults. */
  readonly options: OptionsSchema;
  /** Runs a job to its end, on this machine or another. @throws MedganError when it cannot be started. */
  launch(job: TrialJob, options: Options, context: JobContext): Promise<JobEnd>;
}

/** A way to run trials. */
export interface Launcher extends LauncherDefinition {
  readonly kind: 'launcher';
}

/** Defines a launcher: the default export of its file. */
export function defineLauncher<Options extends object>(definition: LauncherDefinition<Options>): Launcher {
  return { ...(definition as unknown as LauncherDefinition), kind: 'launcher' };
}
