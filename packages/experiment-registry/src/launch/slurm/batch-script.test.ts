import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrialJob } from '@medgan/plugin-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batchScript } from './batch-script.ts';
import { endMarker } from './end-marker.ts';
import { parseOptions } from '@medgan/plugin-api';
import { SLURM_SCHEMA, sbatchArguments, type SlurmOptions } from './options.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "medgan it's here "));
  writeFileSync(join(dir, 'job.json'), `${JSON.stringify({ name: 'n-1', id: '5' })}\n`);
});
afterEach(() => rmSync(dir, { recursive: true }));

const job = (script: string, resume = script): TrialJob => ({
  id: 'a',
  dir,
  command: ['bash', '-c', script],
  resume: ['bash', '-c', resume],
  log: join(dir, 'trial.log'),
  threads: 3,
  gpus: 1,
});
const optionsOf = (given: object = {}): SlurmOptions =>
  parseOptions<SlurmOptions>('slurm', SLURM_SCHEMA, given);
const run = (trial: TrialJob, { name = 'n-1', options = {}, env = {} } = {}): number | null =>
  spawnSync('bash', {
    input: batchScript(name, [trial], optionsOf(options)),
    env: { ...process.env, ...env },
  }).status;
const log = (): string => readFileSync(join(dir, 'trial.log'), 'utf8');

describe.skipIf(process.platform === 'win32')('batchScript', () => {
  it('runs the trial after the setup, and leaves its exit code', async () => {
    const options = { setup: ["greeting='it is ready'", 'export greeting'] };
    expect(run(job('echo "$greeting"; exit 3'), { options })).toBe(3);
    expect(log()).toBe('it is ready\n');
    expect(await endMarker(dir, 'n-1')).toEqual({ code: 3 });
    expect(existsSync(join(dir, 'job.start'))).toBe(false);
  });

  it('does nothing where another job has the trial', async () => {
    expect(run(job('echo trained'), { name: 'n-0' })).toBe(0);
    expect(log()).toContain('another job has this trial');
    expect(await endMarker(dir, 'n-0')).toBeUndefined();
  });

  it('says which end a trial came to that never ran', async () => {
    expect(run(job('echo trained'), { options: { setup: ['false'] } })).toBe(1);
    expect(await endMarker(dir, 'n-1')).toEqual({ code: 1, by: 'a setup command that failed' });
    expect(run(job('echo trained'), { env: { SLURM_RESTART_COUNT: '1' } })).toBe(130);
    expect(await endMarker(dir, 'n-1')).toMatchObject({
      code: 130,
      by: expect.stringMatching(/^the limit of requeues/) as string,
    });
    expect(log()).toBe('');
  });

  it('goes on, after a restart, from what the attempt before left', () => {
    writeFileSync(join(dir, 'run.lock'), '');
    writeFileSync(join(dir, 'result.json'), '');
    const trial = job('echo anew', `ls '${dir.replace("'", `'\\''`)}'; echo goes on`);
    expect(run(trial, { options: { requeue: 1 }, env: { SLURM_RESTART_COUNT: '1' } })).toBe(0);
    expect(log()).toBe('job.json\njob.start\ntrial.log\ngoes on\n');
  });

  it('names the signal that ended the trial', async () => {
    run(job('kill -KILL $$'));
    expect(await endMarker(dir, 'n-1')).toEqual({ code: null, by: 'SIGKILL' });
  });

  it('asks the trial once to save, whatever comes, and says that it was the time limit', async () => {
    const trial = job(
      `trap 'echo asked; kill -USR2 $PPID; exit 130' TERM; kill -USR1 $PPID; while :; do sleep 0.01; done`,
    );
    expect(run(trial)).toBe(130);
    expect(log()).toBe('asked\n');
    expect(await endMarker(dir, 'n-1')).toEqual({ code: 130, by: "its job's time limit" });
  });
});

describe('sbatchArguments', () => {
  it('asks for what the options and the trial say', () => {
    expect(
      sbatchArguments(optionsOf({ partition: 'gpu', time: '4:00:00', sbatch: ['--nice=5'] }), {
        name: 'n',
        job: job(''),
      }),
    ).toEqual([
      '--parsable',
      '--job-name=n',
      '--ntasks=1',
      '--cpus-per-task=3',
      '--partition=gpu',
      '--time=4:00:00',
      '--gres=gpu:1',
      `--output=${join(dir, 'trial.log')}`,
      '--open-mode=append',
      '--signal=B:USR1@120',
      '--no-requeue',
      '--nice=5',
    ]);
    const array = sbatchArguments(optionsOf({ array: 4, cpus: 8, gres: 'gpu:a100:1', requeue: 2 }), {
      name: 'n',
      job: job(''),
      tasks: 10,
    });
    expect(array).toContain('--array=0-9%4');
    expect(array).toContain('--cpus-per-task=8');
    expect(array).toContain('--gres=gpu:a100:1');
    expect(array).toContain('--requeue');
  });
});
