import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, JobMessage } from '@medgan/plugin-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Trial } from '../study.ts';
import type { TrialResult } from '../trial-records.ts';
import { launchWith } from './launch-trial.ts';
import { localLauncher } from './local-launcher.ts';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'medgan-trial-'))));
afterEach(() => rmSync(dir, { recursive: true }));

const trial: Trial = {
  id: 'a',
  label: 'a',
  group: 'a',
  groupLabel: 'a',
  settings: {},
  seed: 0,
  config: {},
};

/** Each look at the clock is ten seconds after the one before. */
const clock = (): Clock => {
  let time = 0;
  return { now: () => 0, monotonic: () => (time += 10_000) };
};

async function launch(
  script: string,
  { signal = new AbortController().signal, anew = false } = {},
): Promise<{ result: TrialResult; messages: JobMessage[] }> {
  const messages: JobMessage[] = [];
  const run = launchWith({
    launcher: localLauncher,
    options: {},
    clock: clock(),
    threads: () => 1,
    command: (job) => [process.execPath, '-e', script, job.dir],
  });
  const result = await run(trial, { dir, anew, signal, onMessage: (message) => messages.push(message) });
  return { result, messages };
}

const FINISHES = `
  process.send({ kind: 'progress', progress: { step: 7, totalSteps: 9, epoch: 1, epochs: 1, values: {} } });
  const result = { status: 'finished', figures: { loss: 'NaN' }, steps: 9, seconds: 1, grids: [] };
  require('fs').writeFileSync(process.argv[1] + '/result.json', JSON.stringify(result));
  process.disconnect()`;

describe('launchWith', () => {
  it('reads what came of a trial from its folder, and passes on what it reports', async () => {
    const { result, messages } = await launch(FINISHES);
    expect(result).toMatchObject({ status: 'finished', figures: { loss: NaN }, steps: 9 });
    expect(messages.map(({ kind }) => kind)).toEqual(['progress']);
  });

  it('counts the time of all attempts, unless the trial begins anew', async () => {
    expect((await launch(FINISHES)).result.seconds).toBe(10);
    expect((await launch('process.exit(1)')).result.seconds).toBe(20);
    expect((await launch(FINISHES)).result.seconds).toBe(30);
    expect((await launch(FINISHES, { anew: true })).result.seconds).toBe(10);
  });

  it('says why a process left no result, and how far it came', async () => {
    const crash = await launch(`console.log('first'); throw new Error('no memory for this')`);
    expect(crash.result).toMatchObject({ status: 'failed', steps: 0 });
    expect(crash.result.reason).toMatch(/^its process ended with code 1: Node\.js v/);
    const killed = await launch(
      `process.send({ kind: 'progress', progress: { step: 7 } }, () => process.kill(process.pid, 'SIGKILL'))`,
    );
    expect(killed.result).toEqual({
      status: 'failed',
      reason: 'its process was ended by SIGKILL, perhaps for want of memory',
      figures: {},
      steps: 7,
      seconds: 20,
      grids: [],
    });
  });

  it('never takes the result of an earlier attempt for that of one that crashed', async () => {
    await launch(FINISHES);
    expect((await launch('process.exit(1)')).result.status).toBe('failed');
  });

  it('keeps the log of earlier attempts, unless the trial begins anew', async () => {
    await launch(`console.log('one')`);
    await launch(`console.log('two')`);
    expect(readFileSync(join(dir, 'trial.log'), 'utf8')).toBe('one\ntwo\n');
    await launch(`console.log('three')`, { anew: true });
    expect(readFileSync(join(dir, 'trial.log'), 'utf8')).toBe('three\n');
  });

  it('calls a trial that was stopped before it could say anything interrupted', async () => {
    const stop = AbortSignal.abort();
    const script = `process.on('message', () => process.exit(1)); setInterval(() => {}, 1000)`;
    expect((await launch(script, { signal: stop })).result.status).toBe('interrupted');
  });
});
