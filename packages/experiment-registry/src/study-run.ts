import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, writeFileAtomically } from '@medgan/files';
import { RUN_FILES, STUDY_FILES } from '@medgan/plugin-api';
import type { Study } from './study.ts';
import { copyRun } from './launch/copy-run.ts';
import { writeTrial } from './launch/trial-files.ts';
import { resultsMarkdown } from './results.ts';
import type { OfTrial, RunOptions, StudyEvent } from './run-options.ts';
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
  #written: Promise<void> = Promise.resolve();

  constructor(study: Study, options: StudyRunOptions) {
    this.#study = study;
    this.#options = options;
    this.#records = [...options.records];
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
    for (const [index, record] of this.#records.entries()) {
      if (this.#stop.aborted) return undefined;
      if (onFailure === 'stop' && this.#records.some(({ state }) => state === 'failed')) return undefined;
      if (record.state !== 'waiting') continue;
      const source = this.#records.find(({ id }) => id === record.continues);
      if (!source || source.state === 'finished') return index;
      if (source.state in WITHOUT_END) await this.#skip(index, source);
    }
    return undefined;
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
      const anew = force && trial.continues === undefined;
      if (trial.continues !== undefined && (force || !existsSync(join(dir, RUN_FILES.record)))) {
        await copyRun(join(this.#options.dir, trial.continues), dir);
      }
      const { state: _state, result: _result, ...record } = this.#records[index]!;
      const { experiment, configuration } = this.#study;
      await writeTrial(dir, { experiment: experiment.name, configuration, trial: record });
      this.#stop.throwIfAborted();
      return await launch(trial, {
        dir,
        anew,
        signal: this.#stop,
        onMessage: (message) => this.#emit({ kind: 'message', ...this.#of(index), message }),
      });
    } catch (error) {
      if (this.#stop.aborted) return { ...NOTHING, status: 'interrupted' };
      const [reason] = messageOf(error).split('\n');
      return { ...NOTHING, status: 'failed', reason: reason ?? '' };
    }
  }

  async #set(index: number, change: Pick<TrialRecord, 'state' | 'result'>): Promise<void> {
    this.#records[index] = { ...this.#records[index]!, ...change };
    await this.#write();
  }

  /** Writes `trials.json` and `RESULTS.md`, one after another though trials end together. */
  #write(): Promise<void> {
    this.#written = this.#written.then(async () => {
      const { dir } = this.#options;
      const [study, records] = [this.#study, [...this.#records]];
      await writeRecords(dir, { study, trials: records });
      await writeFileAtomically(join(dir, STUDY_FILES.results), resultsMarkdown({ study, records, dir }));
    });
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
