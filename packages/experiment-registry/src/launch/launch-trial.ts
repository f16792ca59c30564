import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent, readJson } from '@medgan/files';
import {
  RUN_FILES,
  TRIAL_FILES,
  type Clock,
  type JobEnd,
  type Launcher,
  type TrialJob,
} from '@medgan/plugin-api';
import type { Launch } from '../run-options.ts';
import type { Trial } from '../study.ts';
import { isDone, type TrialResult } from '../trial-records.ts';
import { lastLines, readResult, writeResult } from './trial-files.ts';

/** How trials become jobs of a launcher. */
export interface LaunchOptions {
  readonly launcher: Launcher;
  /** As `parseOptions` gives them. */
  readonly options: object;
  readonly clock: Clock;
  /** Cores for the job of a trial. */
  readonly threads: (trial: Trial) => number;
  /** What runs a trial, in any process. */
  readonly command: (job: JobCommand) => readonly [string, ...string[]];
}

/** What the command of a job is made of. */
interface JobCommand {
  /** Run folder. */
  readonly dir: string;
  /** From the beginning, whatever the folder holds. */
  readonly anew: boolean;
  readonly threads: number;
}

/** Makes the job of a trial in a run folder. */
export type MakeJob = (trial: Trial, at: { readonly dir: string; readonly anew: boolean }) => TrialJob;

/** A name that is known as that of an unfinished file, should this process be killed. */
const EARLIER_RESULT = `${TRIAL_FILES.result}.old.partial`;

/** Runs trials as jobs of a launcher. What came of one is read from its folder. */
export function launchWith({ launcher, options, clock, ...parts }: LaunchOptions): Launch {
  const jobOf = jobsWith(parts);
  return async (trial, context) => {
    const { dir, signal, anew } = context;
    // Damaged files cost the time of the earlier attempts, never the trial.
    const former = await takeResult(dir).catch(() => undefined);
    // A scheduler's job that outlived the process of its study may have finished until now.
    if (former && isDone(former.status) && !anew && existsSync(join(dir, TRIAL_FILES.job))) {
      await writeResult(dir, former);
      return former;
    }
    const before = anew ? 0 : (former?.seconds ?? (await secondsBefore(dir)));
    const job = jobOf(trial, { dir, anew });
    const { log } = job;
    if (anew) await rm(log, { force: true });
    const start = clock.monotonic();
    let steps = 0;
    const end = await launcher.launch(job, options, {
      signal,
      onMessage: (message) => {
        if (message.kind === 'progress') ({ step: steps } = message.progress);
        context.onMessage(message);
      },
    });
    const seconds = before + (clock.monotonic() - start) / 1000;
    const left = await readResult(dir);
    const result = {
      ...(left ? withReason(left, end) : await withoutResult(end, { steps, log, stopped: signal.aborted })),
      seconds,
    };
    await writeResult(dir, result);
    return result;
  };
}

/** Seconds of an attempt that was killed, up to its last checkpoint. */
async function secondsBefore(dir: string): Promise<number> {
  const status = await readJson<{ seconds?: number }>(join(dir, RUN_FILES.status)).catch(() => undefined);
  return status?.seconds ?? 0;
}

/** Makes jobs of trials. */
export function jobsWith({ threads, command }: Pick<LaunchOptions, 'threads' | 'command'>): MakeJob {
  return (trial, { dir, anew }) => {
    const cores = threads(trial);
    const { n_gpu: gpus } = trial.config;
    return {
      id: trial.id,
      dir,
      command: command({ dir, anew, threads: cores }),
      resume: command({ dir, anew: false, threads: cores }),
      log: join(dir, TRIAL_FILES.log),
      threads: cores,
      gpus: typeof gpus === 'number' && gpus > 0 ? 1 : 0,
    };
  };
}

/** Takes what an attempt before left as its result out of the way of the next one, and reads it. */
async function takeResult(dir: string): Promise<TrialResult | undefined> {
  const earlier = join(dir, EARLIER_RESULT);
  try {
    await rename(join(dir, TRIAL_FILES.result), earlier);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  return readResult(dir, EARLIER_RESULT).finally(() => rm(earlier, { force: true }));
}

/** A trial that saved before its end came knows that, and not what ended it. */
const withReason = (left: TrialResult, { by }: JobEnd): TrialResult =>
  left.status === 'interrupted' && by !== undefined ? { reason: `saved before ${by}`, ...left } : left;

/** What can be said of a trial whose process left no word. */
async function withoutResult(
  end: JobEnd,
  { steps, log, stopped }: { steps: number; log: string; stopped: boolean },
): Promise<Omit<TrialResult, 'seconds'>> {
  const nothing = { figures: {}, steps, grids: [] };
  if (stopped) return { ...nothing, status: 'interrupted' };
  if (end.by !== undefined) {
    const hint = end.by === 'SIGKILL' ? ', perhaps for want of memory' : '';
    return { ...nothing, status: 'failed', reason: `its process was ended by ${end.by}${hint}` };
  }
  const [said] = await lastLines(log, 1);
  const reason = `its process ended with code ${end.code}${said === undefined ? '' : `: ${said}`}`;
  return { ...nothing, status: 'failed', reason };
}
