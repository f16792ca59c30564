import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { lockHolder } from '@medgan/files';
import {
  defineLauncher,
  RUN_FILES,
  type JobContext,
  type JobEnd,
  type Launcher,
  type TrialJob,
} from '@medgan/plugin-api';
import { batchScript } from './batch-script.ts';
import { JobWatch } from './job-watch.ts';
import { readJobRecord } from './job-record.ts';
import { DEFAULT_CORES, sbatchArguments, SLURM_SCHEMA, type SlurmOptions } from './options.ts';
import { JobQueue } from './job-queue.ts';
import { NotNow, SlurmClient } from './slurm-client.ts';
import { Submitter } from './submitter.ts';

/** The trials of one `medgan` on Slurm: what hands them in, and what waits for all of them together. */
class SlurmJobs {
  readonly #options: SlurmOptions;
  readonly #submitter: Submitter;
  readonly #watch: JobWatch;

  constructor(slurm: SlurmClient, options: SlurmOptions) {
    this.#options = options;
    this.#submitter = new Submitter(slurm, options);
    this.#watch = new JobWatch(slurm, { pollEvery: 1000 * options.poll_seconds });
  }

  /** Hands a job in, or takes up the one that the run folder has, and waits for its end. */
  async run(job: TrialJob, context: JobContext): Promise<JobEnd> {
    const former = await readJobRecord(job.dir);
    if (former) {
      const found = await this.#watch.ended({ ...context, record: former, dir: job.dir, patience: 0 });
      // What ended while nobody looked is over, and its result is taken before a job is started at all.
      if (found.kind === 'ended' && found.wasSeen) return found.end;
      await removeForeignLock(job.dir);
    }
    const patience = Math.ceil(this.#options.lost_seconds / this.#options.poll_seconds);
    for (let failures = 0; ; failures++) {
      const attempt = failures === 0 ? job : { ...job, command: job.resume };
      const record = await this.#submitter.submit(attempt, context);
      if (!record) return { code: null, by: 'an end that was asked for before it was handed in' };
      const found = await this.#watch.ended({ ...context, record, dir: job.dir, patience });
      if (found.kind === 'unknown') {
        return {
          code: null,
          by: `a loss: Slurm knows job ${record.id} no more, and it left no word of its end`,
        };
      }
      const isAgain = found.kind === 'node-failure' && !context.signal.aborted;
      if (!isAgain || failures >= this.#options.node_failures) return found.end;
      const text = `job ${record.id} was ended by ${found.end.by}: the trial is handed in again`;
      context.onMessage({ kind: 'line', text, warning: true });
      await removeForeignLock(job.dir);
    }
  }
}

/** Removes the lock that a job left which was killed on another node: nobody there can say that its process is gone. */
async function removeForeignLock(dir: string): Promise<void> {
  const path = join(dir, RUN_FILES.lock);
  const holder = await lockHolder(path);
  if (holder && holder.host !== hostname()) await rm(path, { force: true });
}

/** The launcher `slurm` by its own way to Slurm: tests give another one. */
export function slurmLauncherBy(slurm: SlurmClient): Launcher {
  // One per run of medgan, so that one request asks for the state of all its jobs.
  const jobsOf = new WeakMap<SlurmOptions, SlurmJobs>();
  return defineLauncher<SlurmOptions>({
    name: 'slurm',
    summary: 'each trial as a job of the cluster that sbatch leads to',
    options: SLURM_SCHEMA,
    atOnce: 'all',
    cores: ({ cpus }) => cpus ?? DEFAULT_CORES,
    check: async (job, options) => {
      const name = 'medgan-test';
      try {
        await slurm.test(sbatchArguments(options, { name, job }), batchScript(name, [job], options));
      } catch (error) {
        // It may be there again when the first trial is handed in, which waits for it.
        if (!(error instanceof NotNow)) throw error;
      }
    },
    launch: (job, options, context) => {
      const jobs = jobsOf.get(options) ?? new SlurmJobs(slurm, options);
      jobsOf.set(options, jobs);
      return jobs.run(job, context);
    },
    queue: new JobQueue(slurm),
  });
}

/** Runs every trial as a job of Slurm. */
export const slurmLauncher = slurmLauncherBy(new SlurmClient());
