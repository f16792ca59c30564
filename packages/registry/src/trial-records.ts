import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MedganError, messageOf, writeFileAtomically } from '@medgan/plugin-api';
import type { ControlKeys } from './experiment-schema.ts';
import type { Study, Trial } from './expand.ts';

export type TrialState = 'waiting' | 'running' | 'finished' | 'interrupted' | 'failed';

/** Values by log key (`loss/generator`) or metric (`psnr`). */
export type Figures = Readonly<Record<string, number>>;

/** What a launcher says of a trial that it ran. */
export interface TrialResult {
  readonly status: 'finished' | 'interrupted' | 'failed';
  /** Final figures by log key (`loss/generator`) or metric (`psnr`), in the order of the table. */
  readonly figures: Figures;
  /** Steps done. */
  readonly steps: number;
  readonly stepsPerSecond?: number;
  /** Wall-clock time of the trial, starting included. */
  readonly seconds: number;
  /** Sample grids: files below the trial's folder, relative to it or absolute; the one to look at first is first. */
  readonly grids: readonly string[];
  /** Why it failed, in one line. */
  readonly reason?: string;
  /** The figures of the best checkpoint by the same protocol as `figures`, when the run has one and it is not the last. */
  readonly best?: { readonly step: number; readonly figures: Figures };
  /** Noise against real images: what the worst generator would reach, by metric. */
  readonly floor?: Figures;
  /** Real images against other real images: what a perfect generator would reach, by metric. */
  readonly ceiling?: Figures;
  /** When this attempt at the trial began and ended, in milliseconds since the Unix epoch. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** What computed, such as `onnx on CPU, 2 threads`. */
  readonly engine?: string;
}

/** A trial as `trials.json` has it. `result` is there once it ended; a `running` one on disk was killed. */
export interface TrialRecord {
  readonly id: string;
  /** Trials that differ in nothing but the seed share it. */
  readonly group: string;
  readonly label: string;
  readonly settings: ControlKeys;
  readonly seed: number;
  readonly config: ControlKeys;
  readonly state: TrialState;
  /** `identityHash` of the config and the data. */
  readonly identity: string;
  /** Fingerprint of the data. */
  readonly data: string;
  readonly result?: TrialResult;
}

/** The whole of `trials.json`. */
export interface StudyRecord {
  readonly version: 1;
  readonly experiment: string;
  readonly configuration: string;
  readonly trials: readonly TrialRecord[];
}

const FILE = 'trials.json';

/** A trial that has not been started. */
export function waitingRecord(
  trial: Trial,
  { identity, data }: { identity: string; data: string },
): TrialRecord {
  const { id, group, label, settings, seed, config } = trial;
  return { id, group, label, settings, seed, config, state: 'waiting', identity, data };
}

/** JSON has no NaN and no infinities, and a loss that is one must be seen: they are written as texts. */
const withoutNaN = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

const numbers = (figures: Figures): Figures =>
  Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, Number(value)]));

function withNaN(record: TrialRecord): TrialRecord {
  if (!record.result) return record;
  const { figures, best, floor, ceiling, ...rest } = record.result;
  const result: TrialResult = {
    ...rest,
    figures: numbers(figures),
    ...(best ? { best: { ...best, figures: numbers(best.figures) } } : {}),
    ...(floor ? { floor: numbers(floor) } : {}),
    ...(ceiling ? { ceiling: numbers(ceiling) } : {}),
  };
  return { ...record, result };
}

/** Writes `trials.json` of a study's folder. */
export function writeRecords(
  dir: string,
  { study, trials }: { study: Study; trials: readonly TrialRecord[] },
): Promise<void> {
  const record: StudyRecord = {
    version: 1,
    experiment: study.experiment.name,
    configuration: study.configuration,
    trials,
  };
  return writeFileAtomically(join(dir, FILE), `${JSON.stringify(record, withoutNaN, 2)}\n`);
}

/**
 * The records of an earlier run of the study; none when there was none.
 * @throws MedganError when the file is not one of ours, or another study's.
 */
export function readRecords(dir: string, study: Study): TrialRecord[] {
  const path = join(dir, FILE);
  if (!existsSync(path)) return [];
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as StudyRecord;
    if (record.version !== 1 || !Array.isArray(record.trials)) throw new Error('it has another form');
    if (record.experiment !== study.experiment.name || record.configuration !== study.configuration) {
      throw new Error(`it is of the experiment ${record.experiment}, configuration ${record.configuration}`);
    }
    return record.trials.map(withNaN);
  } catch (cause) {
    throw new MedganError(`${path} cannot be read (${messageOf(cause)})`, {
      cure: 'move the file away: the trials are then run again',
      cause,
    });
  }
}
