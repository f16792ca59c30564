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
  /** In place of `command` for a further attempt at the same job, which goes on from what the first one left. */
  readonly resume: readonly [string, ...string[]];
  /** What the command prints is added to this file. */
  readonly log: string;
  /** Cores that it is meant to use. */
  readonly threads: number;
  /** GPUs that it is meant to use: 0 or 1, because a run computes on one device. */
  readonly gpus: number;
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

/** Jobs that outlive the process that handed them in, for `--detach` and what comes back to them. */
export interface LauncherQueue<Options extends object = object> {
  /** Hands in those jobs that are not in the queue yet, and returns. @throws MedganError when one is refused. */
  submit(jobs: readonly TrialJob[], options: Options): Promise<void>;
  /** What becomes of the jobs of run folders, in words; a folder whose job is no longer in the queue is left out. */
  states(dirs: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Asks the jobs of run folders to save and to end, and returns how many there were. */
  cancel(dirs: readonly string[]): Promise<number>;
}

export interface LauncherDefinition<Options extends object = object> extends Named {
  /** One sentence for people. */
  readonly summary: string;
  /** JSON Schema of its options, with their defaults. */
  readonly options: OptionsSchema;
  /** How many trials it is given at a time where `--jobs` does not say: `all`, or (default) one. */
  readonly atOnce?: 'all';
  /** Cores of a job where the study does not say; default: a share of this machine's. */
  cores?(options: Options): number;
  /** Whether the machines would take such a job; called before a study's first trial. @throws MedganError when not. */
  check?(job: TrialJob, options: Options): Promise<void>;
  /** Absent where jobs end with the process that runs the study. */
  readonly queue?: LauncherQueue<Options>;
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
