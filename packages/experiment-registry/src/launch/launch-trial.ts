import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson } from '@medgan/files';
import {
  parseOptions,
  type Clock,
  type JobEnd,
  type Launcher,
  RUN_FILES,
  TRIAL_FILES,
} from '@medgan/plugin-api';
import type { Launch } from '../run-options.ts';
import type { Trial } from '../study.ts';
import type { TrialResult } from '../trial-records.ts';
import { lastLines, readResult, writeResult } from './trial-files.ts';

/** How trials become jobs of a launcher. */
export interface LaunchOptions {
  readonly launcher: Launcher;
  readonly options?: object;
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

/** Runs trials as jobs of a launcher. What came of one is read from its folder. */
export function launchWith({ launcher, options = {}, clock, threads, command }: LaunchOptions): Launch {
  const parsed = parseOptions<object>(`launcher ${launcher.name}`, launcher.options, options);
  return async (trial, context) => {
    const { dir, signal, anew } = context;
    const log = join(dir, TRIAL_FILES.log);
    const before = anew ? 0 : await secondsBefore(dir);
    await rm(join(dir, TRIAL_FILES.result), { force: true });
    if (anew) await rm(log, { force: true });
    const start = clock.monotonic();
    let steps = 0;
    const cores = threads(trial);
    const job = { id: trial.id, dir, command: command({ dir, anew, threads: cores }), log, threads: cores };
    const end = await launcher.launch(job, parsed, {
      signal,
      onMessage: (message) => {
        if (message.kind === 'progress') ({ step: steps } = message.progress);
        context.onMessage(message);
      },
    });
    const seconds = before + (clock.monotonic() - start) / 1000;
    const left = await readResult(dir);
    const result = {
      ...(left ?? (await withoutResult(end, { steps, log, stopped: signal.aborted }))),
      seconds,
    };
    await writeResult(dir, result);
    return result;
  };
}

/** Seconds of the earlier attempts at a trial: of the last one that was killed, up to its last checkpoint. */
async function secondsBefore(dir: string): Promise<number> {
  const status = join(dir, RUN_FILES.status);
  const read = async (): Promise<number> =>
    (await readResult(dir))?.seconds ?? (await readJson<{ seconds?: number }>(status))?.seconds ?? 0;
  // Damaged files cost the time of the earlier attempts, never the trial.
  return read().catch(() => 0);
}

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
