import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { takeLock } from '@medgan/files';
import { RUN_FILES } from '@medgan/plugin-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listRuns } from './list-runs.ts';

let root: string;
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'medgan-list-'))));
afterEach(() => rm(root, { recursive: true, force: true }));

async function makeRun(name: string, files: Readonly<Record<string, unknown>>): Promise<string> {
  const dir = join(root, name);
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, RUN_FILES.record), 'control: {}\n');
  for (const [file, value] of Object.entries(files)) {
    await writeFile(join(dir, file), typeof value === 'string' ? value : JSON.stringify(value));
  }
  return dir;
}

const status = (state: string, step: number): object => ({
  state,
  step,
  totalSteps: 90,
  epoch: 1,
  seconds: 1,
});

it('lists runs and trials with their state, step and best figure', async () => {
  const best = { metric: 'kid@random-conv', direction: 'lower', value: 0.02, step: 40 };
  await makeRun('alone', { [RUN_FILES.status]: status('finished', 90), [RUN_FILES.best]: best });
  await makeRun('study/a', { [RUN_FILES.status]: status('interrupted', 30) });
  await makeRun('study/b', { [RUN_FILES.status]: status('running', 12) });
  const held = await makeRun('study/c', { [RUN_FILES.status]: status('running', 13) });
  await makeRun('study/d', {});
  await makeRun('torn', { [RUN_FILES.status]: '{"state": "fini' });
  await mkdir(join(root, 'images'));
  const lock = await takeLock(join(held, RUN_FILES.lock));
  const runs = await listRuns(root);
  if ('release' in lock) await lock.release();
  expect(runs.map(({ dir, state, step, best }) => [relative(root, dir), state, step, best])).toEqual([
    ['alone', 'finished', 90, best],
    ['study/a', 'interrupted', 30, undefined],
    ['study/b', 'killed', 12, undefined],
    ['study/c', 'running', 13, undefined],
    ['study/d', 'killed', undefined, undefined],
    ['torn', 'unreadable', undefined, undefined],
  ]);
  expect(await listRuns(held)).toHaveLength(1);
});

it('refuses a folder that is not there', async () => {
  await expect(listRuns(join(root, 'none'))).rejects.toThrow(/there is no folder .*none$/);
});
