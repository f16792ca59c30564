import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { defined, isAbsent, lockHolder, MedganError, messageOf, readJson } from '@medgan/files';
import { RUN_FILES } from '@medgan/plugin-api';
import { type Best, readBest, type RunStatus } from '@medgan/trainer';
import { holdsRun } from './run-record.ts';

/** A run as its folder has it. */
export interface ListedRun {
  /** Absolute. */
  readonly dir: string;
  /** `killed`: its process ended without writing a last word. `unreadable`: `fault` says why. */
  readonly state: RunStatus['state'] | 'killed' | 'unreadable';
  /** Steps done. */
  readonly step?: number;
  readonly totalSteps?: number;
  readonly best?: Best;
  /** When its state was last written, in milliseconds since the Unix epoch. */
  readonly changedAt: number;
  readonly fault?: string;
}

/** A study lies in the folder of all runs, its trials in it, and what they were moved to below. */
const DEEPEST = 5;

/** All runs in a folder, however deep a study has them, in the order of their paths. @throws MedganError where there is no such folder */
export async function listRuns(folder: string): Promise<ListedRun[]> {
  const root = resolve(folder);
  try {
    await readdir(root);
  } catch (error) {
    const what = isAbsent(error)
      ? `there is no folder ${folder}`
      : `${folder} cannot be listed: ${messageOf(error)}`;
    throw new MedganError(what, {
      cure: 'give the folder that out: of your control files names; medgan run makes it',
      cause: error,
    });
  }
  const dirs = await runsBelow(root, DEEPEST);
  return Promise.all(dirs.map(listedRun));
}

async function runsBelow(dir: string, depth: number): Promise<string[]> {
  if (holdsRun(dir)) return [dir];
  if (depth === 0) return [];
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const folders = entries
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map(({ name }) => name)
    .sort();
  const found: string[] = [];
  for (const name of folders) found.push(...(await runsBelow(join(dir, name), depth - 1)));
  return found;
}

async function listedRun(dir: string): Promise<ListedRun> {
  const path = join(dir, RUN_FILES.status);
  const changed = await stat(path).catch(() => stat(join(dir, RUN_FILES.record)));
  const changedAt = changed.mtimeMs;
  try {
    const status = await readJson<RunStatus>(path);
    const best = await readBest(dir);
    const state = status?.state ?? 'running';
    const isAlive = state !== 'running' || (await lockHolder(join(dir, RUN_FILES.lock))) !== undefined;
    return {
      dir,
      state: isAlive ? state : 'killed',
      ...defined({ step: status?.step, totalSteps: status?.totalSteps, best }),
      changedAt,
    };
  } catch (error) {
    return { dir, state: 'unreadable', changedAt, fault: messageOf(error) };
  }
}
