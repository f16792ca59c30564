import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, writeFileAtomically } from '@medgan/files';
import { RUN_FILES, STUDY_FILES, TRIAL_FILES } from '@medgan/plugin-api';
import type { Study } from './study.ts';
import { copyRun } from './launch/copy-run.ts';
import { writeTrial } from './launch/trial-files.ts';
import { resultsMarkdown } from './results.ts';
import type { HandIn, OfTrial, RunOptions, StudyEvent } from './run-options.ts';
import {
  isDone,
  writeRecords,
  type TrialRecord,
  type TrialResult,
  type TrialState,
} from './trial-records.ts';

export interface StudyRunOptions extends RunOptions {
  /** Folder of the study. */
  readonly dir: string;
  /** What to begin with, in the order of `study.trials`; `waiting` ones are run. */
  readonly records: readonly TrialRecord[];
}

const NOTHING = { figures: {}, steps: 0, seconds: 0, grids: [] } as const;

/** Trials that leave nothing to go on from, and how messages say it. */
const WITHOUT_END: Readonly<Partial<Record<TrialState, string>>> = {
  failed: 'failed',
  diverged: 'diverged',
  skipped: 'was skipped',
};

/** The trials of a study on their way from waiting to their ends. */
export class StudyRun {
  readonly #study: Study;
  readonly #options: StudyRunOptions;
  readonly #records: TrialRecord[];
  readonly #stop: AbortSignal;
  /** Aborted when a record cannot be written: running trials are asked to save, because their end could not be recorded. */
  readonly #broken = new AbortController();
  /** The write in progress, and the one after it, which takes in all changes that come until it begins. */
  #written: Promise<void> = Promise.resolve();
  #nextWrite: Promise<void> | undefined;
  /** Position of each trial by its id. */
  readonly #positions: ReadonlyMap<string, number>;

  constructor(study: Study, options: StudyRunOptions) {
    this.#study = study;
    this.#options = options;
    this.#records = [...options.records];
    this.#positions = new Map(options.records.map(({ id }, index) => [id, index]));
    this.#stop = AbortSignal.any([this.#broken.signal, ...(options.signal ? [options.signal] : [])]);
  }

  get records(): readonly TrialRecord[] {
    return this.#records;
  }

  /** Runs what waits, in the order of the study, until nothing can be started any more and nothing runs. */
  async run(): Promise<void> {
    const { dir, jobs = 1, onEvent } = this.#options;
    await this.#write();
    onEvent?.({ kind: 'study-started', study: this.#study, studyDir: dir, records: [...this.#records] });
    for (const [index, { state }] of this.#records.entries())
      if (isDone(state)) this.#announce('kept', index);
    const running = new Set<Promise<void>>();
    try {
      for (;;) {
        while (running.size < jobs) {
          const index = await this.#next();
          if (index === undefined) break;
          const trial = this.#carryOut(index).finally(() => running.delete(trial));
          running.add(trial);
        }
        if (running.size === 0) return;
        await Promise.race(running);
      }
    } catch (error) {
      this.#broken.abort();
      await Promise.allSettled(running);
      throw error;
    }
  }

  /** The first trial that can be started now. Those that wait for one that failed are skipped. */
  async #next(): Promise<number | undefined> {
    const { onFailure = 'continue' } = this.#options;
    if (onFailure === 'stop' && this.#records.some(({ state }) => state === 'failed')) return undefined;
    for (const [index, record] of this.#records.entries()) {
      if (this.#stop.aborted) return undefined;
      if (record.state !== 'waiting') continue;
      const source = this.#sourceOf(record);
      if (!source || source.state === 'finished') return index;
      if (source.state in WITHOUT_END) await this.#skip(index, source);
    }
    return undefined;
  }

  /** The trial that a trial goes on from. */
  #sourceOf({ continues }: TrialRecord): TrialRecord | undefined {
    const position = continues === undefined ? undefined : this.#positions.get(continues);
    return position === undefined ? undefined : this.#records[position];
  }

  /**
   * Hands in all that can be started, and waits for none. A trial that goes on from one that has not finished stays
   * waiting.
   */
  async handIn(submit: HandIn): Promise<void> {
    await this.#write();
    const { force = false } = this.#options;
    const indices: number[] = [];
    for (const [index, record] of this.#records.entries()) {
      const source = this.#sourceOf(record);
      if (record.state === 'waiting' && (!source || source.state === 'finished')) indices.push(index);
    }
    const jobs = [];
    for (const index of indices) {
      const trial = this.#study.trials[index]!;
      await this.#prepare(index);
      jobs.push({ trial, dir: this.#dirOf(index), anew: force && trial.continues === undefined });
      this.#records[index] = { ...this.#records[index]!, state: 'running' };
    }
    // Before Slurm hears of them: a trial that is written down as running is looked for there.
    await this.#write();
    await submit(jobs);
  }

  async #skip(index: number, source: TrialRecord): Promise<void> {
    const reason = `it goes on from ${source.label}, which ${WITHOUT_END[source.state]}`;
    await this.#set(index, { state: 'skipped', result: { ...NOTHING, status: 'skipped', reason } });
    this.#announce('skipped', index);
  }

  async #carryOut(index: number): Promise<void> {
    const { clock } = this.#options;
    await this.#set(index, { state: 'running' });
    this.#announce('started', index);
    const startedAt = clock.now();
    const result = { ...(await this.#launched(index)), startedAt, endedAt: clock.now() };
    await this.#set(index, { state: result.status, result });
    this.#announce('ended', index);
  }

  /** Runs a trial; a launcher that throws, after an abort or for a fault, still gives a result. */
  async #launched(index: number): Promise<TrialResult> {
    const { launch, force = false } = this.#options;
    const trial = this.#study.trials[index]!;
    const dir = this.#dirOf(index);
    try {
      await this.#prepare(index);
      // A job of this trial that is there already is to hear of it; another is not begun.
      if (!existsSync(join(dir, TRIAL_FILES.job))) this.#stop.throwIfAborted();
      return await launch(trial, {
        dir,
        anew: force && trial.continues === undefined,
        signal: this.#stop,
        onMessage: (message) => this.#emit({ kind: 'message', ...this.#of(index), message }),
      });
    } catch (error) {
      if (this.#stop.aborted) return { ...NOTHING, status: 'interrupted' };
      const [reason] = messageOf(error).split('\n');
      return { ...NOTHING, status: 'failed', reason: reason ?? '' };
    }
  }

  /** Makes the run folder of a trial ready for its job. */
  async #prepare(index: number): Promise<void> {
    const { force = false } = this.#options;
    const { continues } = this.#study.trials[index]!;
    const dir = this.#dirOf(index);
    if (continues !== undefined && (force || !existsSync(join(dir, RUN_FILES.record)))) {
      await copyRun(join(this.#options.dir, continues), dir);
    }
    const { state: _state, result: _result, ...record } = this.#records[index]!;
    const { experiment, configuration } = this.#study;
    await writeTrial(dir, { experiment: experiment.name, configuration, trial: record });
  }

  async #set(index: number, change: Pick<TrialRecord, 'state' | 'result'>): Promise<void> {
    this.#records[index] = { ...this.#records[index]!, ...change };
    await this.#write();
  }

  /**
   * Writes `trials.json` and `RESULTS.md`. Changes that come while they are being written share the next write, so that
   * thousands of trials that start or end together cost one.
   */
  #write(): Promise<void> {
    this.#nextWrite ??= this.#written.then(async () => {
      this.#nextWrite = undefined;
      const { dir } = this.#options;
      const [study, records] = [this.#study, [...this.#records]];
      await writeRecords(dir, { study, trials: records });
      await writeFileAtomically(join(dir, STUDY_FILES.results), resultsMarkdown({ study, records, dir }));
    });
    this.#written = this.#nextWrite;
    return this.#written;
  }

  #dirOf(index: number): string {
    return join(this.#options.dir, this.#study.trials[index]!.id);
  }

  #of(index: number): OfTrial {
    const trial = this.#study.trials[index]!;
    return { study: this.#study, studyDir: this.#options.dir, trial, index, dir: this.#dirOf(index) };
  }

  #announce(kind: 'started' | 'kept' | 'ended' | 'skipped', index: number): void {
    this.#emit({ kind, ...this.#of(index), record: this.#records[index]! });
  }

  #emit(event: StudyEvent): void {
    this.#options.onEvent?.(event);
  }
}
