import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '@medgan/files';
import { TRIAL_FILES } from '@medgan/plugin-api';

/** The job of a run folder, as `job.json` has it. The name is written before the job is submitted. */
export interface JobRecord {
  /** The job's name in Slurm: no two submissions share one. */
  readonly name: string;
  /** Index in the job array. */
  readonly task?: number;
  /** The job's number; absent where medgan ended before it heard of it. */
  readonly id?: string;
}

/** A job's name that nobody has used before, and that says to people what it is. */
export const newJobName = (title: string): string =>
  `medgan-${title.replace(/[^\w.-]+/g, '-')}-${randomUUID().slice(0, 8)}`;

/** One name for a task of an array and for a job without one. */
export const keyOf = ({ name, task = 0 }: JobRecord): string => `${name}/${task}`;

export const writeJobRecord = (dir: string, record: JobRecord): Promise<void> =>
  writeFileAtomically(join(dir, TRIAL_FILES.job), `${JSON.stringify(record)}\n`);

/** The job of a run folder; undefined where none was submitted. */
export async function readJobRecord(dir: string): Promise<JobRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(join(dir, TRIAL_FILES.job), 'utf8')) as Partial<JobRecord>;
    return typeof record.name === 'string' ? (record as JobRecord) : undefined;
  } catch {
    return undefined;
  }
}
