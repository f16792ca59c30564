import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { messageOf, writeFileAtomically } from '@medgan/files';
import { type JobContext, type JobEnd, type TrialJob, TRIAL_FILES } from '@medgan/plugin-api';

/** The three things a cluster must be able to do. Slurm has a launcher of its own. */
export interface Scheduler {
  /** Hands a job in; gives the name by which the cluster knows it. */
  submit(job: TrialJob): Promise<string>;
  /** How the job ended; undefined while it waits or runs. One that throws is repeated: it says nothing of the job. */
  poll(name: string): Promise<JobEnd | undefined>;
  /**
   * Asks the job to save and to end: SIGTERM to its process, with time to write a checkpoint. The job is polled on until
   * it has ended.
   */
  cancel(name: string): Promise<void>;
}

/** Which scheduler, and how often it is asked. */
export interface SchedulerOptions {
  readonly scheduler: Scheduler;
  /** Milliseconds between two polls. */
  readonly pollEvery: number;
}

/** The job that an earlier process handed in for this folder. */
async function handedIn(dir: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(join(dir, TRIAL_FILES.job), 'utf8')) as { name: string }).name;
  } catch {
    return undefined;
  }
}

/**
 * The `launch` of a launcher that hands jobs to a cluster. The cluster's name of a job is kept in the run folder, so that
 * a study that is taken up again goes on waiting for a job that is still there instead of handing in a second one.
 */
export async function launchByScheduler(
  job: TrialJob,
  { scheduler, pollEvery }: SchedulerOptions,
  { signal, onMessage }: JobContext,
): Promise<JobEnd> {
  let isAway = false;
  /** Until the cluster answers: a poll that fails says nothing of the job. */
  const poll = async (name: string): Promise<JobEnd | undefined> => {
    try {
      const end = await scheduler.poll(name);
      isAway = false;
      return end;
    } catch (error) {
      const text = `the cluster does not answer (${messageOf(error)}); the job goes on, and is asked after again`;
      if (!isAway) onMessage({ kind: 'line', text, warning: true });
      isAway = true;
      return undefined;
    }
  };
  const known = await handedIn(job.dir);
  const runs = known !== undefined && (await poll(known)) === undefined;
  const name = runs ? known : await scheduler.submit(job);
  if (!runs) await writeFileAtomically(join(job.dir, TRIAL_FILES.job), `${JSON.stringify({ name })}\n`);
  let cancelled = false;
  for (;;) {
    if (signal.aborted && !cancelled) {
      cancelled = await scheduler.cancel(name).then(
        () => true,
        () => false,
      );
    }
    const end = await poll(name);
    if (end) return end;
    // An abort wakes us, so that the job hears of it at once.
    await setTimeout(pollEvery, undefined, signal.aborted ? {} : { signal }).catch(() => undefined);
  }
}
