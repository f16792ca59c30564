import { existsSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import {
  finishedName,
  foreignFiles,
  listFolder,
  MedganError,
  someOf,
  unfinishedFiles,
  type OwnFiles,
} from '@medgan/files';
import { RUN_FILES, TRIAL_FILES } from '@medgan/plugin-api';
import { holdsRun, readRunRecord } from './run-record.ts';

const NAMES: ReadonlySet<string> = new Set([...Object.values(RUN_FILES), ...Object.values(TRIAL_FILES)]);

/** What runs, their trials and the tracking of both write into a run folder. */
const ofRuns: OwnFiles = (name) => {
  if (name === RUN_FILES.samples || name === RUN_FILES.checkpoints)
    return (inside) => /^step-\d+(\.png)?$/.test(inside);
  return NAMES.has(name) || name === '.mlflow';
};

/** What is there already for a run that begins: the lock that it takes, and what its study has written. */
const OF_THIS_RUN: ReadonlySet<string> = new Set([
  RUN_FILES.lock,
  TRIAL_FILES.trial,
  TRIAL_FILES.log,
  TRIAL_FILES.job,
  TRIAL_FILES.jobStart,
  TRIAL_FILES.jobEnd,
]);

const real = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path));

/** Whether `path` is `folder` or lies in it, links followed. */
const isWithin = (path: string, folder: string): boolean =>
  real(path) === real(folder) || real(path).startsWith(real(folder) + sep);

/** A folder that a run is to be written into. */
export interface RunPlace {
  readonly runDir: string;
  /** The folder of the run's images. */
  readonly images: string | undefined;
  /** Whether a run that is there already is to be replaced. */
  readonly replace: boolean;
}

/**
 * Refuses a run that would remove or overwrite a file that no run has written.
 * @throws MedganError that names such files.
 */
export async function checkRunPlace({ runDir, images, replace }: RunPlace): Promise<void> {
  const isRun = holdsRun(runDir) && (await isRecord(runDir));
  if (isRun && !replace && existsSync(join(runDir, RUN_FILES.status))) {
    throw new MedganError(`${runDir} already holds a run`, {
      cure: 'go on with it: --resume; replace it: --force; or choose another run: name',
    });
  }
  const other = 'choose another run: name, or move them away';
  if (isRun) {
    if (images !== undefined && isWithin(images, runDir)) {
      throw new MedganError(`${runDir} holds the images of path ${images}, and is not replaced`, {
        cure: 'choose another run: name',
      });
    }
    const foreign = foreignFiles(runDir, ofRuns);
    if (foreign.length > 0) {
      throw new MedganError(`${runDir} holds files that no run has written: ${someOf(foreign)}`, {
        cure: other,
      });
    }
    return;
  }
  const inTheWay = (await listFolder(runDir)).filter(
    (name) => ofRuns(name) !== false && !OF_THIS_RUN.has(name),
  );
  if (inTheWay.length > 0) {
    throw new MedganError(
      `${runDir} holds no run, but files that a run would overwrite: ${someOf(inTheWay.sort())}`,
      { cure: other },
    );
  }
}

/** Removes the run that `checkRunPlace` has let pass. */
export async function removeFormerRun(runDir: string): Promise<void> {
  for (const name of await listFolder(runDir)) {
    if (ofRuns(finishedName(name)) !== false && !OF_THIS_RUN.has(name))
      await rm(join(runDir, name), { recursive: true });
  }
}

/** What other processes write into a run folder while one trains: the next to train, the evaluation, the study. */
const OF_OTHERS: ReadonlySet<string> = new Set([
  RUN_FILES.lock,
  RUN_FILES.metrics,
  RUN_FILES.nearestReal,
  ...Object.values(TRIAL_FILES),
  '.mlflow',
]);

/** Removes what a killed process left half-written while it trained, and names it. The caller holds the run's lock. */
export async function removeUnfinished(runDir: string): Promise<string[]> {
  const left = unfinishedFiles(runDir, (name) => !OF_OTHERS.has(name) && ofRuns(name));
  for (const path of left) await rm(join(runDir, path), { recursive: true });
  return left;
}

/** Whether the record is one of ours, and not a file of the user's of that name. */
async function isRecord(runDir: string): Promise<boolean> {
  const record: unknown = await readRunRecord(runDir).catch(() => undefined);
  return typeof record === 'object' && record !== null && 'resolved' in record && 'engine' in record;
}
