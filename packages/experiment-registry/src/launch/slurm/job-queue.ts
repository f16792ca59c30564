import { MedganError } from '@medgan/files';
import type { LauncherQueue, TrialJob } from '@medgan/plugin-api';
import { keyOf, readJobRecord } from './job-record.ts';
import type { SlurmOptions } from './options.ts';
import { NotNow, type QueueRow, type SlurmClient } from './slurm-client.ts';
import { isQueued, kindOf } from './states.ts';
import { Submitter } from './submitter.ts';

/** Jobs of Slurm for those who do not wait for them. */
export class JobQueue implements LauncherQueue<SlurmOptions> {
  readonly #slurm: SlurmClient;

  constructor(slurm: SlurmClient) {
    this.#slurm = slurm;
  }

  async submit(jobs: readonly TrialJob[], options: SlurmOptions): Promise<void> {
    const rows = await this.#rows(jobs.map(({ dir }) => dir));
    const submitter = new Submitter(this.#slurm, options);
    const { signal } = new AbortController();
    const context = { signal, onMessage: () => undefined };
    const missing = jobs.filter(({ dir }) => !rows.has(dir));
    await Promise.all(missing.map((job) => submitter.submit(job, context)));
  }

  async states(dirs: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const texts = [...(await this.#rows(dirs))].map(
      ([dir, { id, task, state, reason }]) =>
        [
          dir,
          `job ${task === undefined ? id : `${id}_${task}`} of Slurm: ${state.toLowerCase()}${isQueued(state) ? ` (${reason})` : ''}`,
        ] as const,
    );
    return new Map(texts);
  }

  async cancel(dirs: readonly string[]): Promise<number> {
    const rows = await this.#rows(dirs);
    await this.#slurm.dequeue([...rows.values()].filter(({ state }) => isQueued(state)));
    // Looked at again, for those that have started in between.
    const left = [...(await this.#rows(dirs)).values()];
    await this.#slurm.askToSave(left.filter(({ state }) => state === 'RUNNING'));
    return rows.size;
  }

  /** The jobs of run folders that wait or run, by one request. */
  async #rows(dirs: readonly string[]): Promise<ReadonlyMap<string, QueueRow>> {
    const active = new Map((await this.#active()).map((row) => [keyOf(row), row]));
    const found = new Map<string, QueueRow>();
    for (const dir of dirs) {
      const record = await readJobRecord(dir);
      const row = record && active.get(keyOf(record));
      if (row && kindOf(row.state) === 'active') found.set(dir, row);
    }
    return found;
  }

  async #active(): Promise<QueueRow[]> {
    try {
      return await this.#slurm.active();
    } catch (error) {
      if (!(error instanceof NotNow)) throw error;
      throw new MedganError(`Slurm's controller does not answer: ${error.message}`, {
        cure: 'run the command again in a few minutes; the jobs are as they were',
        cause: error,
      });
    }
  }
}
