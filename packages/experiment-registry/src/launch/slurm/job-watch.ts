import { setTimeout } from 'node:timers/promises';
import type { JobContext, JobEnd } from '@medgan/plugin-api';
import { endMarker } from './end-marker.ts';
import { keyOf, type JobRecord } from './job-record.ts';
import { NotNow, numberText, type JobNumber, type QueueRow, type SlurmClient } from './slurm-client.ts';
import { endedBy, isQueued, kindOf, leavesMarker } from './states.ts';

/** How a job was found to have ended. */
export type FoundEnd =
  | {
      readonly kind: 'ended' | 'node-failure';
      readonly end: JobEnd;
      /** False where it had left the queue before it was first looked for. */
      readonly wasSeen: boolean;
    }
  /** Neither Slurm nor the run folder knows of it. */
  | { readonly kind: 'unknown' };

/** A job that is waited for. */
export interface WatchedJob extends Pick<JobContext, 'signal' | 'onMessage'> {
  readonly record: JobRecord;
  /** Run folder. */
  readonly dir: string;
  /** How many polls in a row may find no trace of it. */
  readonly patience: number;
}

interface Watched extends WatchedJob {
  number?: JobNumber;
  /** What was last said of it; empty until it was seen in the queue. */
  said: string;
  /** Polls in a row that found no trace, or an end without the script's word of it. */
  missed: number;
  readonly found: (end: FoundEnd) => void;
  readonly failed: (error: unknown) => void;
}

/** Polls in which the script's word may still come to light on a slow file system, after Slurm says that it has ended. */
const SLOW_FILES = 3;
/** Milliseconds between polls while jobs are being stopped. */
const STOPPING_EVERY = 1000;

/**
 * Waits for all jobs of a launcher together: one request lists what is in the queue, however many jobs there are and have
 * been. Only jobs that have left the queue since are looked into, in this order: the word that the script left in the run
 * folder, the accounting database, the controller's memory of ended jobs, and `scontrol`. A controller that does not
 * answer ends nothing; meanwhile ends are taken from the run folders.
 */
export class JobWatch {
  readonly #slurm: SlurmClient;
  readonly #pollEvery: number;
  readonly #jobs = new Set<Watched>();
  #isPolling = false;
  #isAway = false;
  #wake = new AbortController();
  readonly #heeded = new WeakSet<AbortSignal>();

  constructor(slurm: SlurmClient, { pollEvery }: { readonly pollEvery: number }) {
    this.#slurm = slurm;
    this.#pollEvery = pollEvery;
  }

  /** Resolves when the job has ended, or is unknown for as many polls as its patience says. */
  ended(job: WatchedJob): Promise<FoundEnd> {
    const { record, signal } = job;
    const { id, task } = record;
    const number = id === undefined ? {} : { number: { id, ...(task === undefined ? {} : { task }) } };
    this.#heed(signal);
    return new Promise<FoundEnd>((resolve, reject) => {
      const rest = { said: '', missed: 0, found: resolve, failed: reject };
      this.#jobs.add({ ...job, ...number, ...rest });
      if (!this.#isPolling) void this.#poll();
    });
  }

  /** Wakes at an abort: by one listener, however many jobs share the signal. */
  #heed(signal: AbortSignal): void {
    if (this.#heeded.has(signal)) return;
    this.#heeded.add(signal);
    signal.addEventListener('abort', () => this.#wake.abort(), { once: true });
  }

  async #poll(): Promise<void> {
    this.#isPolling = true;
    while (this.#jobs.size > 0) {
      const jobs = [...this.#jobs];
      try {
        await this.#look(jobs);
        this.#setAway(undefined);
      } catch (error) {
        if (error instanceof NotNow) {
          this.#setAway(error.message);
          for (const job of jobs) await this.#takeMarker(job);
        } else {
          for (const job of jobs) this.#jobs.delete(job);
          for (const { failed } of jobs) failed(error);
        }
      }
      if (this.#jobs.size > 0) await this.#pause();
    }
    this.#isPolling = false;
  }

  /** Until the next poll is due, or somebody asks for an end. */
  async #pause(): Promise<void> {
    const stopping = [...this.#jobs].some(({ signal }) => signal.aborted);
    const time = stopping ? Math.min(STOPPING_EVERY, this.#pollEvery) : this.#pollEvery;
    await setTimeout(time, undefined, { signal: this.#wake.signal }).catch(() => undefined);
    this.#wake = new AbortController();
  }

  #setAway(reason: string | undefined): void {
    if (this.#isAway === (reason !== undefined)) return;
    this.#isAway = reason !== undefined;
    const text =
      reason === undefined
        ? "Slurm's controller answers again"
        : `Slurm's controller does not answer (${reason}); the jobs go on, and are asked after again`;
    for (const { onMessage } of this.#jobs) {
      onMessage({ kind: 'line', text, warning: this.#isAway });
      return;
    }
  }

  async #look(jobs: readonly Watched[]): Promise<void> {
    const rows = new Map<string, QueueRow>();
    for (const row of await this.#slurm.active()) rows.set(keyOf(row), row);
    const gone: Watched[] = [];
    for (const job of jobs) {
      const row = rows.get(keyOf(job.record));
      if (row && kindOf(row.state) === 'active') this.#seen(job, row);
      else gone.push(job);
    }
    await this.#stop(jobs.flatMap((job) => [[job, rows.get(keyOf(job.record))] as const]));
    const left: Watched[] = [];
    for (const job of gone) if (!(await this.#takeMarker(job))) left.push(job);
    if (left.length > 0) await this.#lookBack(left);
  }

  #seen(job: Watched, { id, task, state, reason }: QueueRow): void {
    job.missed = 0;
    job.number = { id, ...(task === undefined ? {} : { task }) };
    const text = isQueued(state) ? `in the queue of Slurm (${reason})` : `runs as job ${id} of Slurm`;
    if (text === job.said) return;
    job.said = text;
    job.onMessage({ kind: 'phase', text });
  }

  /** Asks the jobs of an aborted signal to end: what waits leaves the queue, what runs saves first. */
  async #stop(jobs: readonly (readonly [Watched, QueueRow | undefined])[]): Promise<void> {
    const asked = jobs.flatMap(([job, row]) => (job.signal.aborted && row ? [row] : []));
    await this.#slurm.dequeue(asked.filter(({ state }) => isQueued(state)));
    // Repeated at every poll, because a request may be lost; the script asks its trial once.
    await this.#slurm.askToSave(asked.filter(({ state }) => state === 'RUNNING'));
  }

  /** Whether the script has left word of its end. */
  async #takeMarker(job: Watched): Promise<boolean> {
    const end = await endMarker(job.dir, job.record.name);
    if (end) this.#settle(job, { kind: 'ended', end, wasSeen: job.said !== '' });
    return end !== undefined;
  }

  /** Looks into what Slurm remembers of jobs that are no longer in its queue. */
  async #lookBack(jobs: readonly Watched[]): Promise<void> {
    const accounted = await this.#slurm.accounted(jobs.flatMap(({ number }) => (number ? [number] : [])));
    const stateOf = new Map<Watched, string>();
    for (const job of jobs) {
      const state = job.number && accounted.get(numberText(job.number));
      if (state !== undefined) stateOf.set(job, state);
    }
    const isOpen = (job: Watched): boolean => {
      const state = stateOf.get(job);
      return state === undefined || !['ended', 'node-failure'].includes(kindOf(state));
    };
    const open = jobs.filter(isOpen);
    if (open.length > 0) {
      const names = [...new Set(open.map(({ record }) => record.name))];
      const rows = new Map((await this.#slurm.remembered(names)).map((row) => [keyOf(row), row]));
      for (const job of open) {
        const row = rows.get(keyOf(job.record));
        const state = row?.state ?? (job.number ? await this.#slurm.shown(job.number) : undefined);
        if (state !== undefined) stateOf.set(job, state);
        if (row) job.number ??= { id: row.id, ...(row.task === undefined ? {} : { task: row.task }) };
      }
    }
    for (const job of jobs) this.#judge(job, stateOf.get(job));
  }

  #judge(job: Watched, state: string | undefined): void {
    const kind = state === undefined ? 'unknown' : kindOf(state);
    if (kind === 'active') {
      job.missed = 0;
      return;
    }
    job.missed++;
    if (kind === 'unknown') {
      if (job.missed > job.patience) this.#settle(job, { kind: 'unknown' });
      return;
    }
    if (leavesMarker(state!) && job.missed <= SLOW_FILES) return;
    this.#settle(job, {
      kind,
      end: { code: null, by: endedBy(state!) },
      wasSeen: job.said !== '',
    });
  }

  #settle(job: Watched, end: FoundEnd): void {
    this.#jobs.delete(job);
    job.found(end);
  }
}
