import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MedganError } from '@medgan/files';
import { defineLauncher, type JobEnd, type TrialJob } from '@medgan/plugin-api';
import { expect, it } from 'vitest';
import { JOBS, launcherContract, untilThere } from './launcher-contract.testing.ts';
import { localLauncher } from './local-launcher.ts';
import { launchByScheduler, type Scheduler } from './scheduler-launcher.ts';

/** A cluster of one machine: it has its own processes, which know nothing of ours, and names them by number. */
class ToyCluster implements Scheduler {
  readonly ends = new Map<string, JobEnd | undefined>();
  readonly #pids = new Map<string, number>();

  submit({ command: [program, ...args], log }: TrialJob): Promise<string> {
    const file = openSync(log, 'a');
    const child = spawn(program, args, { stdio: ['ignore', file, file], detached: true });
    const name = String(this.ends.size + 1);
    this.ends.set(name, undefined);
    this.#pids.set(name, child.pid!);
    child.on('close', (code, by) => this.ends.set(name, { code, ...(by === null ? {} : { by }) }));
    return Promise.resolve(name);
  }

  poll(name: string): Promise<JobEnd | undefined> {
    return Promise.resolve(this.ends.has(name) ? this.ends.get(name) : { code: null, by: 'unknown job' });
  }

  cancel(name: string): Promise<void> {
    process.kill(this.#pids.get(name)!, 'SIGTERM');
    return Promise.resolve();
  }
}

const toyLauncher = (cluster: Scheduler) =>
  defineLauncher<{ poll: number }>({
    name: 'toy-cluster',
    summary: 'each trial as a job of the cluster',
    options: {
      type: 'object',
      additionalProperties: false,
      properties: { poll: { type: 'integer', minimum: 1, default: 30_000 } },
    },
    launch: (job, { poll }, context) =>
      launchByScheduler(job, { scheduler: cluster, pollEvery: poll }, context),
  });

const jobOf = (dir: string, command: TrialJob['command']): TrialJob => ({
  id: 'a',
  dir,
  command,
  resume: command,
  log: join(dir, 'log'),
  threads: 1,
  gpus: 0,
});

launcherContract(localLauncher);
launcherContract(toyLauncher(new ToyCluster()), { poll: 20 });

it('takes up a job of the cluster that an earlier process handed in', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'medgan-cluster-'));
  const cluster = new ToyCluster();
  const launcher = toyLauncher(cluster);
  const launch = (signal: AbortSignal) =>
    launcher.launch(
      jobOf(dir, [process.execPath, '-e', JOBS.waits, dir]),
      { poll: 20 },
      { signal, onMessage: () => undefined },
    );
  const stop = new AbortController();
  const first = launch(stop.signal);
  await untilThere(join(dir, 'runs'));
  const second = launch(new AbortController().signal);
  stop.abort();
  expect(await Promise.all([first, second])).toEqual([{ code: 130 }, { code: 130 }]);
  expect(cluster.ends.size).toBe(1);
  rmSync(dir, { recursive: true });
});

it('says which program cannot be started', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'medgan-launcher-'));
  const launch = localLauncher.launch(
    jobOf(dir, ['/no/such/program']),
    { trials_per_gpu: 1 },
    { signal: new AbortController().signal, onMessage: () => undefined },
  );
  await expect(launch).rejects.toThrow(MedganError);
  await expect(launch).rejects.toThrow('/no/such/program cannot be started');
  rmSync(dir, { recursive: true });
});

it('shows each of the local trials that want a GPU one of its own', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'medgan-launcher-'));
  const former = process.env['CUDA_VISIBLE_DEVICES'];
  process.env['CUDA_VISIBLE_DEVICES'] = '3,5';
  try {
    const options = { trials_per_gpu: 1 };
    const launch = (log: string, script: string) =>
      localLauncher.launch(
        { ...jobOf(dir, [process.execPath, '-e', script]), log: join(dir, log), gpus: 1 },
        options,
        { signal: new AbortController().signal, onMessage: () => undefined },
      );
    // The first waits for the second: they run side by side.
    const show = 'console.log(process.env.CUDA_VISIBLE_DEVICES);';
    const first = `${show} const fs = require('fs'); setInterval(() => fs.existsSync('${dir}/go') && process.exit(), 10)`;
    await Promise.all([
      launch('first', first),
      launch('second', `${show} require('fs').writeFileSync('${dir}/go', '')`),
    ]);
    expect([readFileSync(join(dir, 'first'), 'utf8'), readFileSync(join(dir, 'second'), 'utf8')]).toEqual([
      '3\n',
      '5\n',
    ]);
  } finally {
    if (former === undefined) delete process.env['CUDA_VISIBLE_DEVICES'];
    else process.env['CUDA_VISIBLE_DEVICES'] = former;
    rmSync(dir, { recursive: true });
  }
});
