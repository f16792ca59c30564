import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, writeFileAtomically } from '@medgan/plugin-api';
import type { Study, Trial } from './expand.ts';
import { resultsMarkdown } from './results.ts';
import { identityHash, type TrialIdentity } from './trial-identity.ts';
import {
  readRecords,
  waitingRecord,
  writeRecords,
  type TrialRecord,
  type TrialResult,
} from './trial-records.ts';

/** No trial is called so: ids begin with a letter or a digit. */
const EARLIER = '_earlier';

/** Where and how a launcher runs one trial. */
export interface LaunchContext {
  /** The trial's run folder; it may hold what an interrupted or failed attempt at the same trial left. */
  readonly dir: string;
  readonly signal: AbortSignal;
}

/** Runs one trial to its end. What it throws counts as a failure of that trial alone. */
export type Launch = (trial: Trial, context: LaunchContext) => Promise<TrialResult>;

/** What happens to the trials, for people to follow. `index` counts from 0. */
export type StudyEvent =
  | { readonly kind: 'started' | 'kept'; readonly trial: Trial; readonly index: number; readonly dir: string }
  | { readonly kind: 'ended'; readonly trial: Trial; readonly index: number; readonly record: TrialRecord }
  | { readonly kind: 'moved'; readonly trial: Trial; readonly index: number; readonly to: string };

export interface RunOptions {
  /** Folder of all runs; the study lies in `<root>/<study.name>/`. */
  readonly root: string;
  readonly launch: Launch;
  /** Everything that decides a trial's numbers, defaults resolved. What it throws ends the study before any trial. */
  readonly identify: (trial: Trial) => Promise<TrialIdentity> | TrialIdentity;
  /** Run finished trials again. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
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
 * Runs the trials of a study one after another. `trials.json` and `RESULTS.md` are written before the first, and after
 * each, so that a study killed at any moment can be taken up again: what finished with the same identity is kept. A
 * trial's folder from another config or other data is moved to `<study>/_earlier/`, never written over.
 */
export async function runExperiment(study: Study, options: RunOptions): Promise<StudyOutcome> {
  const dir = join(options.root, study.name);
  const signal = options.signal ?? new AbortController().signal;
  const records = await plan(study, { ...options, dir });
  const write = async (): Promise<void> => {
    await writeRecords(dir, { study, trials: records });
    await writeFileAtomically(join(dir, 'RESULTS.md'), resultsMarkdown({ study, records, dir }));
  };
  await write();
  for (const [index, trial] of study.trials.entries()) {
    const record = records[index]!;
    const context = { dir: join(dir, trial.id), signal };
    if (record.state === 'finished') {
      options.onEvent?.({ kind: 'kept', trial, index, dir: context.dir });
      continue;
    }
    if (signal.aborted) break;
    records[index] = { ...record, state: 'running' };
    await write();
    options.onEvent?.({ kind: 'started', trial, index, dir: context.dir });
    mkdirSync(context.dir, { recursive: true });
    const result = await launched(options.launch, { trial, context });
    records[index] = { ...record, state: result.status, result };
    await write();
    options.onEvent?.({ kind: 'ended', trial, index, record: records[index] });
    if (result.status === 'interrupted') break;
  }
  return outcomeOf(study, { dir, records });
}

/** The records to begin with: finished trials are kept, and folders of other configs or data make way for ours. */
async function plan(study: Study, options: RunOptions & { readonly dir: string }): Promise<TrialRecord[]> {
  const { dir, force = false } = options;
  const records: TrialRecord[] = [];
  for (const trial of study.trials) {
    const identity = await options.identify(trial);
    records.push(waitingRecord(trial, { identity: identityHash(identity), data: identity.data }));
  }
  const earlier = new Map(readRecords(dir, study).map((record) => [record.id, record]));
  return records.map((record, index) => {
    const known = earlier.get(record.id);
    if (!existsSync(join(dir, record.id))) return record;
    if (known?.identity !== record.identity) {
      const to = moveAside(dir, { id: record.id, identity: known?.identity });
      options.onEvent?.({ kind: 'moved', trial: study.trials[index]!, index, to });
      return record;
    }
    if (known.state !== 'finished' || !known.result || force) return record;
    return { ...record, state: 'finished', result: known.result };
  });
}

/** Runs a trial; a launcher that throws, after an abort or for a fault, still gives a result. */
async function launched(
  launch: Launch,
  { trial, context }: { trial: Trial; context: LaunchContext },
): Promise<TrialResult> {
  try {
    return await launch(trial, context);
  } catch (error) {
    const nothing = { figures: {}, steps: 0, seconds: 0, grids: [] };
    if (context.signal.aborted) return { ...nothing, status: 'interrupted' };
    const [reason] = messageOf(error).replace('[medgan] ', '').split('\n');
    return { ...nothing, status: 'failed', reason: reason ?? '' };
  }
}

/** Moves a trial's folder to where it harms nobody; returns the place. */
function moveAside(dir: string, { id, identity }: { id: string; identity: string | undefined }): string {
  const name = `${id}-${identity?.slice(0, 8) ?? 'unknown'}`;
  mkdirSync(join(dir, EARLIER), { recursive: true });
  for (let number = 1; ; number++) {
    const to = join(dir, EARLIER, number === 1 ? name : `${name}-${number}`);
    if (existsSync(to)) continue;
    renameSync(join(dir, id), to);
    return to;
  }
}

function outcomeOf(
  study: Study,
  { dir, records }: { dir: string; records: readonly TrialRecord[] },
): StudyOutcome {
  const left = records.filter(({ state }) => state === 'interrupted' || state === 'waiting').length;
  const failed = records.filter(({ state }) => state === 'failed').length;
  const base = { study, dir, resultsPath: join(dir, 'RESULTS.md'), records };
  if (left > 0) {
    const advice = `${left} of ${records.length} trials are left: run the same command again to go on; finished ones are kept`;
    return { ...base, status: 'interrupted', advice };
  }
  if (failed > 0) {
    const advice = `${failed} of ${records.length} trials failed: mend the reason and run the same command again; finished ones are kept`;
    return { ...base, status: 'failed', advice };
  }
  return { ...base, status: 'finished' };
}
