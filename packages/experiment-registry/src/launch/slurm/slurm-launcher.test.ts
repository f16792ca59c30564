import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseOptions, type JobEnd, type JobMessage, type Launcher, type TrialJob } from '@medgan/plugin-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeSlurm } from './fake-slurm.testing.ts';
import { SlurmClient } from './slurm-client.ts';
import { slurmLauncherBy } from './slurm-launcher.ts';

let root: string;
let slurm: FakeSlurm;
let launcher: Launcher;
const messages: JobMessage[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'medgan-slurm-'));
  slurm = new FakeSlurm();
  launcher = slurmLauncherBy(new SlurmClient(slurm.run));
  messages.length = 0;
});
afterEach(() => rmSync(root, { recursive: true }));

const job = (id: string): TrialJob => {
  const dir = join(root, id);
  mkdirSync(dir, { recursive: true });
  return { id, dir, command: ['true'], resume: ['true'], log: join(dir, 'trial.log'), threads: 2, gpus: 0 };
};
const optionsOf = (given: object = {}): object =>
  parseOptions<object>('slurm', launcher.options, { poll_seconds: 0.1, lost_seconds: 0.2, ...given });
const launch = (
  trial: TrialJob,
  { options = optionsOf(), signal = new AbortController().signal } = {},
): Promise<JobEnd> =>
  launcher.launch(trial, options, { signal, onMessage: (message) => messages.push(message) });
const recordOf = ({ dir }: TrialJob): { name: string; id?: string } =>
  JSON.parse(readFileSync(join(dir, 'job.json'), 'utf8')) as { name: string; id?: string };
const leaveMarker = (trial: TrialJob, code: number, asked = ''): void =>
  writeFileSync(join(trial.dir, 'job-end.json'), JSON.stringify({ name: recordOf(trial).name, code, asked }));
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await setTimeout(5);
};

describe('the launcher slurm', () => {
  it("believes the script's word first, then the accounting, then what the controller remembers", async () => {
    const trial = job('a');
    const first = launch(trial);
    await until(() => slurm.jobs.length === 1);
    await until(() => recordOf(trial).id === '101');
    leaveMarker(trial, 3);
    slurm.jobs[0]!.state = 'CANCELLED';
    expect(await first).toEqual({ code: 3 });

    const second = launch(job('b'));
    await until(() => slurm.jobs.length === 2);
    slurm.accounting = new Map([['102', 'OUT_OF_MEMORY']]);
    slurm.jobs[1]!.state = 'FAILED';
    expect(await second).toEqual({ code: null, by: 'want of memory' });

    slurm.accounting = undefined;
    const third = launch(job('c'));
    await until(() => slurm.jobs.length === 3);
    slurm.jobs[2]!.state = 'PREEMPTED';
    expect(await third).toEqual({ code: null, by: 'a preemption' });
  });

  it('asks once for all jobs at each poll, and never for those that have ended', async () => {
    const options = optionsOf();
    const trials = Array.from({ length: 20 }, (_, index) => job(`t${index}`));
    const ends = trials.map((trial) => launch(trial, { options }));
    await until(() => slurm.jobs.length === 20);
    await until(() => trials.every((trial) => recordOf(trial).id !== undefined));
    // They are handed in in no certain order.
    const left = slurm.jobs.at(-1)!;
    const last = trials.findIndex((trial) => recordOf(trial).id === left.id);
    for (const each of slurm.jobs.slice(0, -1)) {
      leaveMarker(
        trials.find((trial) => recordOf(trial).id === each.id)!,
        0,
      );
      each.state = 'COMPLETED';
    }
    await Promise.all(ends.filter((_end, index) => index !== last));
    const [polls, listed] = [slurm.count('squeue'), slurm.listed];
    await until(() => slurm.count('squeue') >= polls + 3);
    const more = slurm.count('squeue') - polls;
    // One line for the one job that is left, however many have ended.
    expect((slurm.listed - listed) / more).toBeLessThan(100);
    expect(slurm.count('scontrol')).toBe(0);
    leaveMarker(trials[last]!, 0);
    left.state = 'COMPLETED';
    await ends[last];
  });

  it('ends nothing while the controller is away, and takes what scripts leave meanwhile', async () => {
    const trial = job('a');
    const end = launch(trial);
    await until(() => slurm.jobs.length === 1);
    await until(() => recordOf(trial).id !== undefined);
    slurm.isAway = true;
    const before = slurm.count('squeue');
    // More polls than a job may be unknown for.
    await until(() => slurm.count('squeue') > before + 5);
    expect(messages.filter(({ kind }) => kind === 'line')).toEqual([
      {
        kind: 'line',
        text: expect.stringContaining("Slurm's controller does not answer (slurm_load_jobs error") as string,
        warning: true,
      },
    ]);
    leaveMarker(trial, 0);
    expect(await end).toEqual({ code: 0 });
    expect(slurm.scripts).toHaveLength(1);
  });

  it('calls a job lost that nobody knows of, after a while', async () => {
    const end = launch(job('a'));
    await until(() => slurm.jobs.length === 1);
    slurm.forgets = true;
    slurm.jobs[0]!.state = 'GONE';
    expect(await end).toEqual({
      code: null,
      by: 'a loss: Slurm knows job 101 no more, and it left no word of its end',
    });
  });

  it('waits for a controller that takes no jobs, and hands each in once, under a name that is there before', async () => {
    slurm.isAway = true;
    const trial = job('a');
    const end = launch(trial);
    await until(() => slurm.count('sbatch') >= 2);
    expect(recordOf(trial).id).toBeUndefined();
    slurm.isAway = false;
    await until(() => slurm.jobs.length === 1);
    expect(slurm.jobs[0]!.name).toBe(recordOf(trial).name);
    await until(() => recordOf(trial).id === '101');
    leaveMarker(trial, 0);
    slurm.jobs[0]!.state = 'COMPLETED';
    expect(await end).toEqual({ code: 0 });
  });

  it('takes up a job whose number it never heard, and hands in anew what Slurm never got', async () => {
    const trial = job('a');
    writeFileSync(join(trial.dir, 'job.json'), '{"name":"medgan-before"}\n');
    slurm.jobs.push({ id: '7', name: 'medgan-before', state: 'RUNNING' });
    const end = launch(trial);
    await until(() => messages.some((message) => message.kind === 'phase'));
    leaveMarker(trial, 0);
    slurm.jobs[0]!.state = 'COMPLETED';
    expect(await end).toEqual({ code: 0 });
    expect(slurm.scripts).toHaveLength(0);

    const other = job('b');
    writeFileSync(join(other.dir, 'job.json'), '{"name":"medgan-never-submitted"}\n');
    const anew = launch(other);
    await until(() => slurm.scripts.length === 1);
    await until(() => recordOf(other).id !== undefined);
    leaveMarker(other, 0);
    slurm.jobs[1]!.state = 'COMPLETED';
    expect(await anew).toEqual({ code: 0 });
  });

  it('hands a trial in again whose node failed, as often as it may', async () => {
    const options = optionsOf({ node_failures: 1 });
    const end = launch(job('a'), { options });
    await until(() => slurm.jobs.length === 1);
    slurm.jobs[0]!.state = 'NODE_FAIL';
    await until(() => slurm.jobs.length === 2);
    slurm.jobs[1]!.state = 'NODE_FAIL';
    expect(await end).toEqual({ code: null, by: 'a failure of its node' });
    expect(slurm.scripts).toHaveLength(2);
  });

  it('hands those that come together in as one array, and takes the waiting tasks out of the queue at the end', async () => {
    const stop = new AbortController();
    const options = optionsOf({ array: 2 });
    const trials = ['a', 'b', 'c'].map(job);
    const ends = trials.map((trial) => launch(trial, { options, signal: stop.signal }));
    await until(() => slurm.jobs.length === 3);
    expect(slurm.calls.find(([program]) => program === 'sbatch')).toContain('--array=0-2%2');
    await until(() => messages.length >= 3);
    slurm.jobs[0]!.state = 'RUNNING';
    stop.abort();
    await until(() => slurm.calls.some((call) => call.includes('--signal=USR2')));
    expect(slurm.calls.find((call) => call.includes('--signal=USR2'))!.at(-1)).toBe('101_0');
    expect(slurm.jobs.map(({ state }) => state)).toEqual(['RUNNING', 'CANCELLED', 'CANCELLED']);
    const isFirst = ({ dir }: TrialJob): boolean =>
      readFileSync(join(dir, 'job.json'), 'utf8').includes('"task":0');
    const first = trials.findIndex(isFirst);
    leaveMarker(trials[first]!, 130, 'medgan');
    slurm.jobs[0]!.state = 'COMPLETED';
    expect((await Promise.all(ends))[first]).toEqual({ code: 130 });
  });

  it('refuses what Slurm refuses', async () => {
    const check = launcher.check!(job('a'), optionsOf({ partition: 'nowhere' }));
    await expect(check).rejects.toThrow(
      'Slurm refuses the job: sbatch: error: invalid partition specified: nowhere',
    );
    const end = launch(job('b'), { options: optionsOf({ partition: 'nowhere' }) });
    await expect(end).rejects.toThrow('Slurm refuses the job');
    expect(() => recordOf(job('b'))).toThrow('ENOENT');
  });
});
