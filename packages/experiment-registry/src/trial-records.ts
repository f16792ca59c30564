import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MedganError, messageOf, writeFileAtomically } from '@medgan/files';
import { STUDY_FILES } from '@medgan/plugin-api';
import type { ControlKeys } from './experiment-schema.ts';
import type { Study, Trial } from './study.ts';
import { figuresOf, withoutNaN, type Figures } from './figures-json.ts';

export type { Figures };

/** `skipped`: it goes on from a trial that failed or diverged. `diverged`: its weights became NaN; it has no figures. */
export type TrialState =
  'waiting' | 'running' | 'finished' | 'interrupted' | 'diverged' | 'failed' | 'skipped';

/** Whether a trial is done for good: its numbers would come out the same again. */
export const isDone = (state: TrialState): boolean => state === 'finished' || state === 'diverged';

/** The figure by which the best checkpoint of a trial is chosen while it trains. */
export interface ChoosingFigure {
  /** As in `TrialResult.figures`. */
  readonly key: string;
  /** As the control file has it: a set metric with its features (`kid@random-conv`), or a pair metric. */
  readonly name: string;
  readonly better: 'higher' | 'lower';
  /** The best value, and the step that has it. */
  readonly value: number;
  readonly step: number;
}

/** What a launcher says of a trial that it ran. */
export interface TrialResult {
  readonly status: 'finished' | 'interrupted' | 'diverged' | 'failed' | 'skipped';
  /** Final figures by log key (`loss/generator`) or metric (`psnr`), in the order of the table. */
  readonly figures: Figures;
  /** Steps done. */
  readonly steps: number;
  readonly stepsPerSecond?: number;
  /** Wall-clock time of the trial in all its attempts, starting included. */
  readonly seconds: number;
  /** Sample grids: files below the trial's folder, relative to it or absolute; the one to look at first is first. */
  readonly grids: readonly string[];
  /** Why it failed, diverged or was skipped, in one line. */
  readonly reason?: string;
  /** The figures of the best checkpoint by the same protocol as `figures`, when the run has one and it is not the last. */
  readonly best?: { readonly step: number; readonly figures: Figures };
  /** What chose the best checkpoint, also where that is the last one; absent for a trial that was not evaluated. */
  readonly chosenBy?: ChoosingFigure;
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
  readonly groupLabel: string;
  /** Id of the trial whose end is this one's beginning. */
  readonly continues?: string;
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
  readonly version: typeof VERSION;
  readonly experiment: string;
  readonly configuration: string;
  readonly trials: readonly TrialRecord[];
}

const FILE = STUDY_FILES.trials;

/** Raised when older files can no longer be read. */
const VERSION = 2;

/** A trial that has not been started. */
export function waitingRecord(
  trial: Trial,
  { identity, data }: { identity: string; data: string },
): TrialRecord {
  const { published: _published, ...rest } = trial;
  return { ...rest, state: 'waiting', identity, data };
}

/** A result out of JSON, with its figures as they were. */
export function withNaN(read: TrialResult): TrialResult {
  const { figures, best, floor, ceiling, ...rest } = read;
  return {
    ...rest,
    figures: figuresOf(figures),
    ...(best ? { best: { ...best, figures: figuresOf(best.figures) } } : {}),
    ...(floor ? { floor: figuresOf(floor) } : {}),
    ...(ceiling ? { ceiling: figuresOf(ceiling) } : {}),
  };
}

/** Writes `trials.json` of a study's folder. */
export function writeRecords(
  dir: string,
  { study, trials }: { study: Study; trials: readonly TrialRecord[] },
): Promise<void> {
  const record: StudyRecord = {
    version: VERSION,
    experiment: study.experiment.name,
    configuration: study.configuration,
    trials,
  };
  return writeFileAtomically(join(dir, FILE), `${JSON.stringify(record, withoutNaN, 2)}\n`);
}

/**
 * What `trials.json` of a study's folder says; undefined when there is none.
 * @throws MedganError when the file is not one of ours.
 */
export function readStudyRecord(dir: string): StudyRecord | undefined {
  const path = join(dir, FILE);
  if (!existsSync(path)) return undefined;
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as StudyRecord;
    if (!Array.isArray(record.trials as unknown)) throw new Error('it lists no trials');
    const { version }: { version: unknown } = record;
    if (version !== VERSION) throw new Error(`it is of version ${String(version)}, not ${VERSION}`);
    const trials = record.trials.map((trial) =>
      trial.result ? { ...trial, result: withNaN(trial.result) } : trial,
    );
    return { ...record, trials };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The records of an earlier run of the study; undefined when there was none. @throws MedganError as above, and for another study's. */
export function readRecords(dir: string, study: Study): StudyRecord | undefined {
  const record = readStudyRecord(dir);
  if (!record) return undefined;
  const { experiment, configuration } = record;
  if (experiment === study.experiment.name && configuration === study.configuration) return record;
  throw unreadable(
    join(dir, FILE),
    new Error(`it is of the experiment ${experiment}, configuration ${configuration}`),
  );
}

const unreadable = (path: string, cause: unknown): MedganError =>
  new MedganError(`${path} cannot be read (${messageOf(cause)})`, {
    cure: 'move the file away: the trials are then run again',
    cause,
  });
