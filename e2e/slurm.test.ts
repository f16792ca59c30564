import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { slurmLauncher } from '@medgan/experiment-registry';
import { launcherContract } from '@medgan/experiment-registry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { medgan, startMedgan, type Ended } from './medgan.ts';
import { isSlurmPresent, SlurmCluster, until } from './slurm-cluster.ts';

/** Long enough to be stopped on the way, on a fast machine too. */
const STEPS = 120;
const BASE = `base:
  arch: DCGAN
  gen_feature_maps: 4
  dis_feature_maps: 4
  latent_vector: 4
  batch_size: 4
  dataset_options: { count: 6 }
  sample_count: 4
  max_steps: ${STEPS}
  log_every: 5
  checkpoint_every: 20
  threads: 1
  cache: ''
`;
const SLURM = ['poll_seconds=0.2', 'mem=200'].flatMap((option) => ['--launcher-option', option]);

/** The process of a trial that stands still. */
interface FrozenTrial {
  /** Resolves when it has been asked to end. */
  askedToEnd(): Promise<void>;
  goOn(): void;
}

/** Whether a process has a SIGTERM that it has not seen yet. */
function hasPendingTerm(pid: number): boolean {
  const pending = /^ShdPnd:\s*([\da-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!;
  return (BigInt(`0x${pending}`) & (1n << 14n)) !== 0n;
}

const isPresent = isSlurmPresent();
/** Faults that take minutes: a real time limit, a preemption, a node that fails. */
const withSlowFaults = process.env['MEDGAN_SLURM_FAULTS'] === '1';

describe.skipIf(!isPresent)('a real Slurm', { timeout: 300_000 }, () => {
  const cluster = new SlurmCluster();
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'medgan-slurm-runs-'));
    await cluster.start();
    const whole = await medgan('experiment', 'run', study('whole', ''), '--out', join(folder, 'runs'));
    expect(whole, whole.stderr).toMatchObject({ code: 0 });
  });
  afterAll(() => {
    cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const study = (name: string, vary: string): string => {
    const path = join(folder, `${name}.yaml`);
    writeFileSync(path, `title: ${name}\nquestion: Does it run on a cluster?\n${BASE}${vary}`);
    return path;
  };
  const runArgs = (file: string, ...args: string[]): string[] => {
    const launcher = ['--launcher', 'slurm', ...SLURM];
    return ['experiment', 'run', file, '--out', join(folder, 'runs'), ...launcher, ...args];
  };
  const run = (file: string, ...args: string[]): Promise<Ended> => medgan(...runArgs(file, ...args));
  const back = (command: string, name: string, ...args: string[]): Promise<Ended> =>
    medgan('experiment', command, name, '--out', join(folder, 'runs'), ...args);

  const path = (...parts: string[]): string => join(folder, 'runs', ...parts);
  const read = (...parts: string[]): string => {
    try {
      return readFileSync(path(...parts), 'utf8');
    } catch {
      return '';
    }
  };
  const states = (name: string): string[] =>
    (JSON.parse(read(name, 'trials.json')) as { trials: { state: string }[] }).trials.map(
      ({ state }) => state,
    );
  const jobOf = (...trial: string[]): string => (JSON.parse(read(...trial, 'job.json')) as { id: string }).id;

  /** Numbers of the study's jobs since the cluster was started, and how many of them are in the queue still. */
  const jobsOf = async (name: string): Promise<{ all: number; open: number }> => {
    const jobs = (await cluster.jobs()).filter((job) => job.name.startsWith(`medgan-${name}-`));
    const open = jobs.filter(({ state }) => ['PENDING', 'RUNNING'].includes(state)).length;
    return { all: new Set(jobs.map(({ id }) => id)).size, open };
  };

  /** Weights and log of a trial, as a run that was never stopped has them. */
  const expectUnbroken = (name: string): void => {
    const weights = `base/checkpoints/step-${String(STEPS).padStart(7, '0')}/generator.safetensors`;
    expect(readFileSync(path(name, weights)).equals(readFileSync(path('whole', weights)))).toBe(true);
    const log = (of: string): string => read(of, 'base/log.jsonl').replace(/"time":[^,]+,/g, '');
    expect(log(name)).toBe(log('whole'));
  };

  /** Stops the process of a trial where it is, so that nothing depends on who is faster. */
  const freeze = async (name: string): Promise<FrozenTrial> => {
    await until(() => read(name, 'base/run.lock') !== '');
    const { pid } = JSON.parse(read(name, 'base/run.lock')) as { pid: number };
    process.kill(pid, 'SIGSTOP');
    return {
      askedToEnd: () => until(() => hasPendingTerm(pid)),
      goOn: () => process.kill(pid, 'SIGCONT'),
    };
  };

  /** Runs a study, and does something while its trial stands still after a step. */
  const runUntil = async (
    name: string,
    act: (child: ChildProcess, trial: FrozenTrial) => unknown,
    ...args: string[]
  ): Promise<Ended> => {
    const { child, ended } = startMedgan(runArgs(study(name, ''), ...args));
    await until(() => read(name, 'base/trial.log').includes('step 10/'));
    await act(child, await freeze(name));
    return ended;
  };

  launcherContract(slurmLauncher, { poll_seconds: 0.2, mem: 100 });

  it('runs a sweep two at once, each trial with a GPU of its own, as one job each', async () => {
    const file = study('sweep', 'vary: { grid: { batch_size: [2, 3, 4, 5] } }\n');
    const { child, ended } = startMedgan(
      runArgs(
        file,
        ...['--jobs', '2', '--set', 'max_steps=2', '--launcher-option', 'gres=gpu:1'],
        ...['--launcher-option', 'setup=["echo device $CUDA_VISIBLE_DEVICES"]'],
      ),
    );
    const running: number[] = [];
    await until(async () => {
      running.push((await cluster.jobs()).filter(({ state }) => state === 'RUNNING').length);
      return child.exitCode !== null;
    });
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(Math.max(...running)).toBe(2);
    expect(states('sweep')).toEqual(['finished', 'finished', 'finished', 'finished']);
    expect(await jobsOf('sweep')).toEqual({ all: 4, open: 0 });
    const devices = [2, 3, 4, 5].map(
      (size) => /^device (\d)$/m.exec(read('sweep', `batch-size-${size}`, 'trial.log'))?.[1],
    );
    expect(new Set(devices)).toEqual(new Set(['0', '1']));
  });

  it('refuses what the cluster cannot run before anything starts', async () => {
    for (const [option, message] of [
      ['partition=nowhere', 'invalid partition specified: nowhere'],
      ['gres=gpu:9', 'Requested node configuration is not available'],
      ['sbatch=["--no-such-flag"]', "unrecognized option '--no-such-flag'"],
    ] as const) {
      const { code, stderr } = await run(study('refused', ''), '--launcher-option', option);
      expect(code).toBe(1);
      expect(stderr).toContain(`Slurm refuses the job`);
      expect(stderr).toContain(message);
    }
    expect(read('refused', 'trials.json')).toBe('');
    expect(await jobsOf('refused')).toEqual({ all: 0, open: 0 });
  });

  it('hands an array in, returns, and takes the results that were left meanwhile', async () => {
    const file = study('array', 'vary: { grid: { batch_size: [2, 3] } }\n');
    const handed = await run(file, '--detach', '--set', 'max_steps=2', '--launcher-option', 'array=1');
    expect(handed, handed.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(handed.stdout).toContain(
      '2 of 2 trials are handed in: medgan experiment status, wait or cancel array',
    );
    expect((await back('status', 'array')).stdout).toMatch(/batch-size-2 .*\| job \d+_0 of Slurm: /);
    const most: number[] = [];
    await until(async () => {
      most.push((await cluster.jobs()).filter(({ state }) => state === 'RUNNING').length);
      return (await jobsOf('array')).open === 0;
    });
    expect(Math.max(...most)).toBe(1);
    const waited = await back('wait', 'array');
    expect(waited, waited.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(waited.stdout.match(/finished before, kept/g)).toHaveLength(2);
    expect(states('array')).toEqual(['finished', 'finished']);
    expect(await jobsOf('array')).toEqual({ all: 2, open: 0 });
  });

  it('ends with the bytes of an unbroken run after a time limit that puts the job back', async () => {
    const ended = await runUntil(
      'limit',
      async (_child, trial) => {
        // As Slurm sends it before the limit: to the shell of the script alone.
        await cluster.run('scancel', '--batch', '--signal=USR1', jobOf('limit', 'base'));
        await trial.askedToEnd();
        trial.goOn();
      },
      ...['--launcher-option', 'requeue=1'],
    );
    expect(ended, ended.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(read('limit', 'base/trial.log')).toMatch(/asked to end: stopping[^]*resuming after step/);
    expectUnbroken('limit');
    expect(await jobsOf('limit')).toEqual({ all: 1, open: 0 });
  });

  it('goes on after a cancellation by others, and while the controller is away', async () => {
    // Slurm lets a job go on before it asks it to end.
    const cancelled = await runUntil('others', () => cluster.run('scancel', jobOf('others', 'base')));
    expect(cancelled.code).toBe(130);
    expect(cancelled.stdout).toContain('interrupted: saved before a cancellation in Slurm (scancel)');

    const { child, ended } = startMedgan(runArgs(study('others', '')));
    let printed = '';
    child.stdout!.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const trial = await freeze('others');
    cluster.stopController();
    await until(() => printed.includes("Slurm's controller does not answer"));
    cluster.startController();
    trial.goOn();
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    expectUnbroken('others');
    expect(await jobsOf('others')).toEqual({ all: 2, open: 0 });
  });

  it('takes a job up after medgan was killed, asks it to save at Ctrl-C, and comes back to what it handed in', async () => {
    let trial: FrozenTrial | undefined;
    await runUntil('left', (child, frozen) => {
      trial = frozen;
      child.kill('SIGKILL');
    });
    expect(states('left')).toEqual(['running']);

    const { child, ended } = startMedgan(runArgs(study('left', '')));
    await new Promise<void>((resolve) => {
      child.stdout!.on('data', (chunk: Buffer) => chunk.toString().includes('base: started') && resolve());
    });
    child.kill('SIGINT');
    await trial!.askedToEnd();
    trial!.goOn();
    const stopped = await ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toContain('the jobs are asked to save and to end');
    expect(stopped.stdout).toContain('1 of 1 trials are left: run the same command again to go on');
    expect(await jobsOf('left')).toEqual({ all: 1, open: 0 });

    const again = await run(study('left', ''), '--detach');
    expect(again, again.stderr).toMatchObject({ code: 0, stderr: '' });
    const handedIn = await freeze('left');
    const { stdout } = await back('cancel', 'left');
    expect(stdout).toBe(
      'left: 1 job is asked to save and to end; medgan experiment wait left goes on with the study\n',
    );
    await handedIn.askedToEnd();
    handedIn.goOn();
    await until(async () => (await jobsOf('left')).open === 0);
    expect(await back('wait', 'left')).toMatchObject({ code: 0, stderr: '' });
    expectUnbroken('left');
    expect(await jobsOf('left')).toEqual({ all: 3, open: 0 });
  });

  describe.runIf(withSlowFaults)('faults that take minutes', { timeout: 600_000 }, () => {
    it('puts a job back at its real time limit', async () => {
      const options = ['time=1', 'save_seconds=50', 'requeue=20'];
      const file = study('minute', '');
      const long = ['--set', 'max_steps=10000', '--set', 'checkpoint_every=500', '--set', 'num_epochs=9000'];
      const ended = await run(file, ...long, ...options.flatMap((option) => ['--launcher-option', option]));
      expect(ended, ended.stderr).toMatchObject({ code: 0, stderr: '' });
      expect(read('minute', 'base/trial.log')).toMatch(/asked to end: stopping[^]*resuming after step/);
      expect(await jobsOf('minute')).toEqual({ all: 1, open: 0 });
    });

    it('goes on after a preemption by a higher partition', async () => {
      const ended = await runUntil(
        'preempted',
        async () => {
          const high = ['--partition=high', '--cpus-per-task=2', '--mem=100', '--output=/dev/null'];
          await cluster.run('sbatch', ...high, '--wrap=true');
          const id = jobOf('preempted', 'base');
          const state = (): Promise<string> => cluster.run('scontrol', 'show', 'job', id, '--oneliner');
          await until(async () => (await state()).includes('Reason=BeginTime'));
          // Slurm holds it for two minutes.
          await cluster.run('scontrol', 'update', `JobId=${id}`, 'StartTime=now');
        },
        ...['--launcher-option', 'requeue=2'],
      );
      expect(ended, ended.stderr).toMatchObject({ code: 0, stderr: '' });
      expectUnbroken('preempted');
      expect(await jobsOf('preempted')).toEqual({ all: 1, open: 0 });
    });

    it('hands a trial in again whose node has failed', async () => {
      const [node] = (await cluster.run('sinfo', '--noheader', '--format=%n')).split('\n');
      const ended = await runUntil('node', async () => {
        await cluster.run('scontrol', 'update', `NodeName=${node}`, 'State=DOWN', 'Reason=test');
        await until(async () => (await jobsOf('node')).all === 2);
        // It may be back by itself: Slurm then refuses this.
        await cluster.run('scontrol', 'update', `NodeName=${node}`, 'State=RESUME').catch(() => '');
      });
      expect(ended, ended.stderr).toMatchObject({ code: 0, stderr: '' });
      expect(ended.stdout).toContain('was ended by a failure of its node: the trial is handed in again');
      expectUnbroken('node');
      expect(await jobsOf('node')).toEqual({ all: 2, open: 0 });
    });
  });
});
