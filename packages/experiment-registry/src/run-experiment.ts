import { join } from 'node:path';
import { MedganError, takeLock } from '@medgan/files';
import { type Clock, type JobMessage, STUDY_FILES } from '@medgan/plugin-api';
import type { Study, Trial } from './expand.ts';
import { identifyTrials, planStudy, type Identify } from './plan-study.ts';
import { StudyRun } from './study-run.ts';
import type { TrialRecord, TrialResult } from './trial-records.ts';

/** Where and how a launcher runs one trial. */
export interface LaunchContext {
  /** The trial's run folder; it may hold what an interrupted or failed attempt at the same trial left. */
  readonly dir: string;
  /** Train it from the beginning, whatever the folder holds. */
  readonly anew: boolean;
  readonly signal: AbortSignal;
  /** Told what a trial reports while it runs. */
  readonly onMessage: (message: JobMessage) => void;
}

/** Runs one trial to its end. What it throws counts as a failure of that trial alone. */
export type Launch = (trial: Trial, context: LaunchContext) => Promise<TrialResult>;

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
  /** Told of all that happens, to show it. */
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
  readonly status: 'finished' | 'interrupted' | 'failed';
  /** How to go on, where there is something left to do. */
  readonly advice?: string;
}

/**
 * Runs the trials of a study, up to `jobs` at a time. `trials.json` and `RESULTS.md` are written before the first, and
 * after each, so that a study killed at any moment can be taken up again: what finished with the same identity is kept.
 * A trial's folder from another config or other data is moved to `<study>/_earlier/`, never written over. A trial that
 * continues another one waits for it, and is skipped when that one fails.
 * @throws MedganError when another process runs the study.
 */
export async function runExperiment(study: Study, options: RunOptions): Promise<StudyOutcome> {
  const dir = join(options.root, study.name);
  const identified = await identifyTrials(study, options.identify);
  const release = await lockStudy(dir);
  try {
    const records = await planStudy(identified, {
      study,
      dir,
      identify: options.identify,
      force: options.force ?? false,
      onMoved: ({ index, to }) => {
        const trial = study.trials[index]!;
        options.onEvent?.({
          kind: 'moved',
          study,
          studyDir: dir,
          trial,
          index,
          dir: join(dir, trial.id),
          to,
        });
      },
    });
    const run = new StudyRun(study, { ...options, dir, records });
    await run.run();
    const outcome = outcomeOf(study, { dir, records: run.records });
    options.onEvent?.({ kind: 'study-ended', study, studyDir: dir, outcome });
    return outcome;
  } finally {
    await release();
  }
}

async function lockStudy(dir: string): Promise<() => Promise<void>> {
  const path = join(dir, 'study.lock');
  const taken = await takeLock(path);
  if ('release' in taken) return taken.release;
  const { pid, host } = taken.holder;
  throw new MedganError(`the study ${dir} is being run by process ${pid} on ${host}`, {
    cure: `wait for it, choose another folder with --out, or remove ${path} if that process is gone`,
  });
}

function outcomeOf(
  study: Study,
  { dir, records }: { dir: string; records: readonly TrialRecord[] },
): StudyOutcome {
  const count = (...states: readonly string[]): number =>
    records.filter(({ state }) => states.includes(state)).length;
  const [left, failed, skipped] = [count('interrupted', 'waiting'), count('failed'), count('skipped')];
  const base = { study, dir, resultsPath: join(dir, STUDY_FILES.results), records };
  const all = `of ${records.length} trials`;
  if (failed > 0) {
    const others = [
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
      ...(left > 0 ? [`${left} ${left === 1 ? 'is' : 'are'} left`] : []),
    ].map((text) => `, ${text}`);
    const advice = `${failed} ${all} failed${others.join('')}: mend the reason and run the same command again; finished ones are kept`;
    return { ...base, status: 'failed', advice };
  }
  if (left > 0) {
    const advice = `${left} ${all} are left: run the same command again to go on; finished ones are kept`;
    return { ...base, status: 'interrupted', advice };
  }
  const diverged = count('diverged');
  if (diverged > 0) {
    const advice = `${diverged} ${all} diverged and have no figures: other settings may help, such as a lower learning_rate`;
    return { ...base, status: 'finished', advice };
  }
  return { ...base, status: 'finished' };
}
