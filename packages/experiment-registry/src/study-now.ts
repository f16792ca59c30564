import { join } from 'node:path';
import { readResult, readTrial } from './launch/trial-files.ts';
import { isDone, readStudyRecord, type TrialRecord } from './trial-records.ts';

/** A trial that was running when its study's process ended, with the result that it has left since. */
export async function withLeft(record: TrialRecord, dir: string): Promise<TrialRecord> {
  if (record.state !== 'running') return record;
  const folder = join(dir, record.id);
  // A damaged file says nothing: the trial is then gone on with.
  const result = await readResult(folder).catch(() => undefined);
  if (!result || !isDone(result.status)) return record;
  if ((await readTrial(folder))?.trial.identity !== record.identity) return record;
  return { ...record, state: result.status, result };
}

/** The trials of a study's folder as they stand now, also while no process runs the study. */
export function studyNow(dir: string): Promise<TrialRecord[]> {
  return Promise.all((readStudyRecord(dir)?.trials ?? []).map((record) => withLeft(record, dir)));
}
