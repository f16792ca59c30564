import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MedganError } from '@medgan/files';
import { RUN_FILES, STUDY_FILES } from '@medgan/plugin-api';
import { openStudy, studyOf, trialDirs } from './tracked-study.ts';

/** A folder that is sent as a whole: a study with its trials, or one run. */
export interface Target {
  readonly kind: 'study' | 'run';
  /** Absolute. */
  readonly dir: string;
}

function targetsAt(dir: string): Target[] {
  if (existsSync(join(dir, STUDY_FILES.trials))) return [{ kind: 'study', dir }];
  if (existsSync(join(dir, RUN_FILES.record))) return [{ kind: 'run', dir }];
  return [];
}

/**
 * The runs and studies that folders are or hold: a folder that is neither is looked into, one level deep. A trial that
 * is named beside its study is not listed twice. @throws MedganError for a folder that holds none.
 */
export async function findTargets(folders: readonly string[]): Promise<Target[]> {
  const found = new Map<string, Target>();
  for (const folder of folders) {
    const dir = resolve(folder);
    const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
    let here = targetsAt(dir);
    if (here.length === 0) {
      const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(dir, name));
      here = below.sort().flatMap(targetsAt);
    }
    if (here.length === 0) {
      throw new MedganError(`${folder} holds no run and no study`, {
        cure: 'name the folder of a run (<out>/<run>), of a study (<out>/<study>), or one that holds such folders',
      });
    }
    for (const target of here) found.set(target.dir, target);
  }
  for (const { kind, dir } of [...found.values()]) {
    const study = kind === 'study' ? await openStudy(dir) : undefined;
    for (const trial of study ? trialDirs(study) : []) found.delete(trial);
  }
  return [...found.values()];
}

/** The study whose experiment a target belongs to. */
export const studyFor = ({ kind, dir }: Target): ReturnType<typeof studyOf> =>
  kind === 'study' ? openStudy(dir) : studyOf(dir);
