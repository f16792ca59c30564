import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { finishedAs } from './finished-run.ts';
import { interruptAfter, smallRun, trainSmall } from './small-run.testing.ts';

let out: string;
beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'medgan-finished-'));
  await trainSmall(await smallRun(out));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

it('a finished run has nothing left to do, however often it is to be logged', async () => {
  expect(await finishedAs(await smallRun(out))).toMatchObject({ state: 'finished', step: 4, totalSteps: 4 });
  expect(await finishedAs(await smallRun(out, { log_every: 7 }))).toMatchObject({ state: 'finished' });
});

it.each([{ num_epochs: 3 }, { seed: 8 }, { dataset_options: { count: 9 } }, { subset: 6 }, { ema: 0.9 }])(
  'a run that is asked for with %j is not the finished one',
  async (change) => {
    expect(await finishedAs(await smallRun(out, change))).toBeUndefined();
  },
);

it('a run that was interrupted, never begun, or whose status is damaged, is not finished', async () => {
  await interruptAfter(1, await smallRun(out, { run: 'cut' }));
  expect(await finishedAs(await smallRun(out, { run: 'cut' }))).toBeUndefined();
  expect(await finishedAs(await smallRun(out, { run: 'none' }))).toBeUndefined();
  const path = join(out, 'run', 'status.json');
  const whole = readFileSync(path);
  writeFileSync(path, '{');
  expect(await finishedAs(await smallRun(out))).toBeUndefined();
  writeFileSync(path, whole);
});
