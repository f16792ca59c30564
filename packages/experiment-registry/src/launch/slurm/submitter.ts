import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { TRIAL_FILES, type JobContext, type TrialJob } from '@medgan/plugin-api';
import { batchScript } from './batch-script.ts';
import { newJobName, writeJobRecord, type JobRecord } from './job-record.ts';
import { sbatchArguments, type SlurmOptions } from './options.ts';
import { NotNow, type SlurmClient } from './slurm-client.ts';

/** Tasks of one array: Slurm's own default for the most is 1001 (MaxArraySize). */
const MOST_TASKS = 1000;
/** Milliseconds without a further trial after which an array is handed in. */
const GATHER = 250;

interface Waiting extends Pick<JobContext, 'signal' | 'onMessage'> {
  readonly job: TrialJob;
  readonly resolve: (record: JobRecord | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Study and trial of a run folder, for the name of a job. */
const titleOf = (dir: string): string => `${basename(dirname(dir))}-${basename(dir)}`;

/**
 * Hands trials in, one submission at a time: each as a job, or those that come together as a job array. The name of a job
 * is in the run folder before Slurm hears of it. A controller that takes no jobs now is asked again until it does.
 */
export class Submitter {
  readonly #slurm: SlurmClient;
  readonly #options: SlurmOptions;
  readonly #waiting: Waiting[] = [];
  #isBusy = false;

  constructor(slurm: SlurmClient, options: SlurmOptions) {
    this.#slurm = slurm;
    this.#options = options;
  }

  /** The job that was handed in; undefined when the signal was aborted before. @throws MedganError when Slurm refuses it. */
  submit(job: TrialJob, context: Pick<JobContext, 'signal' | 'onMessage'>): Promise<JobRecord | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...context, job, resolve, reject });
      if (!this.#isBusy) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.length > 0) {
      await this.#gathered();
      const most = this.#options.array === undefined ? 1 : MOST_TASKS;
      const some = this.#waiting.splice(0, most);
      for (const { signal, resolve } of some) if (signal.aborted) resolve(undefined);
      const wanted = some.filter(({ signal }) => !signal.aborted);
      if (wanted.length === 0) continue;
      try {
        const records = await this.#handIn(wanted);
        for (const [index, { resolve }] of wanted.entries()) resolve(records?.[index]);
      } catch (error) {
        for (const { reject } of wanted) reject(error);
      }
    }
    this.#isBusy = false;
  }

  /** Waits until no further trial has come for a moment, where an array is to hold those that come together. */
  async #gathered(): Promise<void> {
    if (this.#options.array === undefined) return;
    for (let known = 0; known !== this.#waiting.length && known < MOST_TASKS;) {
      known = this.#waiting.length;
      await setTimeout(GATHER);
    }
  }

  async #handIn(wanted: readonly Waiting[]): Promise<readonly JobRecord[] | undefined> {
    const jobs = wanted.map(({ job }) => job);
    for (let isFirst = true; ; isFirst = false) {
      const records = await this.#named(jobs);
      try {
        const id = await this.#submitted(records, jobs);
        await Promise.all(jobs.map(({ dir }, index) => writeJobRecord(dir, { ...records[index]!, id })));
        return records.map((record) => ({ ...record, id }));
      } catch (error) {
        if (!(error instanceof NotNow)) {
          await withdrawn(jobs);
          throw error;
        }
        if (isFirst) {
          const text = `Slurm takes no jobs now (${error.message}); it is asked again`;
          wanted[0]!.onMessage({ kind: 'line', text, warning: true });
        }
        if (!(await this.#pause(wanted))) {
          await withdrawn(jobs);
          return undefined;
        }
      }
    }
  }

  /** Writes into every run folder which job is to have it; one that comes late by an older name then does nothing. */
  async #named(jobs: readonly TrialJob[]): Promise<JobRecord[]> {
    const isArray = this.#options.array !== undefined;
    const first = jobs[0]!.dir;
    const name = newJobName(isArray ? basename(dirname(first)) : titleOf(first));
    const records = jobs.map((_job, task) => ({ name, ...(isArray ? { task } : {}) }));
    await Promise.all(jobs.map(({ dir }, index) => writeJobRecord(dir, records[index]!)));
    return records;
  }

  #submitted(records: readonly JobRecord[], jobs: readonly TrialJob[]): Promise<string> {
    const { name } = records[0]!;
    const tasks = this.#options.array === undefined ? {} : { tasks: jobs.length };
    const args = sbatchArguments(this.#options, { name, job: jobs[0]!, ...tasks });
    return this.#slurm.submit(args, batchScript(name, jobs, this.#options));
  }

  /** Until the next attempt; false when all of the trials are to end by now. */
  async #pause(wanted: readonly Waiting[]): Promise<boolean> {
    const signal = AbortSignal.any(wanted.map((each) => each.signal));
    if (!signal.aborted) {
      await setTimeout(1000 * this.#options.poll_seconds, undefined, { signal }).catch(() => undefined);
    }
    return !signal.aborted;
  }
}

/** Takes back what was written of jobs that Slurm does not have. */
async function withdrawn(jobs: readonly TrialJob[]): Promise<void> {
  await Promise.all(jobs.map(({ dir }) => rm(join(dir, TRIAL_FILES.job), { force: true })));
}
