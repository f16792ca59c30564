import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent, readJson, writeFileAtomically } from '@medgan/files';
import { TRIAL_FILES } from '@medgan/plugin-api';
import { withoutNaN } from '../figures-json.ts';
import { withNaN, type TrialRecord, type TrialResult } from '../trial-records.ts';

/** Which trial of which study a run folder is of. */
export interface FolderOfTrial {
  /** Name of the experiment. */
  readonly experiment: string;
  readonly configuration: string;
  readonly trial: Omit<TrialRecord, 'state' | 'result'>;
}

/** Writes `trial.json` of a run folder, and makes the folder where it is missing. */
export function writeTrial(dir: string, trial: FolderOfTrial): Promise<void> {
  return writeFileAtomically(join(dir, TRIAL_FILES.trial), `${JSON.stringify(trial, undefined, 2)}\n`);
}

/** What `trial.json` of a run folder says; undefined when it is of no study. */
export async function readTrial(dir: string): Promise<FolderOfTrial | undefined> {
  return readJson<FolderOfTrial>(join(dir, TRIAL_FILES.trial));
}

/** Writes `result.json` of a run folder. */
export function writeResult(dir: string, result: TrialResult): Promise<void> {
  return writeFileAtomically(join(dir, TRIAL_FILES.result), `${JSON.stringify(result, withoutNaN, 2)}\n`);
}

/** What a run folder says of its trial; undefined when the process did not get so far. */
export async function readResult(
  dir: string,
  name: string = TRIAL_FILES.result,
): Promise<TrialResult | undefined> {
  const result = await readJson<TrialResult>(join(dir, name));
  return result && withNaN(result);
}

const TAIL_BYTES = 16_384;

/** The last lines of a file that are not empty, at most `count`; none when there is no file. */
export async function lastLines(path: string, count: number): Promise<string[]> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const length = Math.min(size, TAIL_BYTES);
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
      const lines = buffer.toString('utf8').split('\n');
      return lines
        .slice(size > length ? 1 : 0)
        .map((line) => line.trimEnd())
        .filter((line) => line !== '')
        .slice(-count);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
