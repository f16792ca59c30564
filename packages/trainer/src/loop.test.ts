import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OnnxEngine } from '@medgan/engine';
import { createRng, type Clock } from '@medgan/plugin-api';
import { readSafetensorsFile } from '@medgan/weights';
import { buildGan } from './gan.ts';
import { restoreCheckpoint } from './checkpoint.ts';
import { train, type TrainResult } from './loop.ts';
import type { PictureListener } from './picture-listener.ts';
import type { Progress, Reporter } from './progress.ts';
import type { RunConfig } from './run-config.ts';
import { TOY_PLUGINS, TOY_RUN, toyImages } from './toy-gan.testing.ts';

let runDir: string;
beforeEach(async () => {
  runDir = await mkdtemp(join(tmpdir(), 'medgan-loop-'));
});
afterEach(() => rm(runDir, { recursive: true, force: true }));

/** A clock that ticks 10 ms at every look. */
function tickingClock(): Clock {
  let t = 0;
  return { now: () => (t += 10), monotonic: () => (t += 10) };
}

class Witness implements Reporter {
  readonly progress: Progress[] = [];
  readonly files: string[] = [];
  onStepDone: (step: number) => void = () => {};
  onCompiled(): void {}
  onStep(progress: Progress): void {
    this.progress.push(progress);
    this.onStepDone(progress.step);
  }
  onFile(path: string): void {
    this.files.push(path);
  }
}

async function run(
  changes: Partial<RunConfig> = {},
  options: {
    witness?: Witness;
    signal?: AbortSignal;
    dir?: string;
    resume?: string;
    stepsPerCall?: number;
    pictures?: PictureListener;
  } = {},
): Promise<TrainResult> {
  const config = { ...TOY_RUN, ...changes };
  const witness = options.witness ?? new Witness();
  const engine = new OnnxEngine({ threads: 1, stepsPerCall: options.stepsPerCall ?? 1 });
  const rng = createRng(config.seed);
  const gan = buildGan(engine, { ...config, ...TOY_PLUGINS }, rng.split('init'));
  const resumed = options.resume && {
    position: await restoreCheckpoint(gan, options.resume),
    path: options.resume,
  };
  const result = await train({
    gan,
    config,
    images: toyImages(10),
    runDir: options.dir ?? runDir,
    rng: rng.split('train'),
    clock: tickingClock(),
    reporter: witness,
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.pictures ? { pictures: options.pictures } : {}),
    ...(resumed ? { resumeFrom: resumed } : {}),
  });
  await engine.dispose();
  return result;
}

/** The same last checkpoint and the same log, but for the times in it. */
async function expectEqualRuns(
  [dir, result]: [string, TrainResult],
  [otherDir, other]: [string, TrainResult],
): Promise<void> {
  for (const name of await readdir(other.checkpoint!)) {
    const [a, b] = [join(result.checkpoint!, name), join(other.checkpoint!, name)];
    expect((await readFile(a)).equals(await readFile(b)), name).toBe(true);
  }
  const logOf = async (folder: string): Promise<string> =>
    (await readFile(join(folder, 'log.jsonl'), 'utf8')).replace(/"time":\d+,/g, '');
  expect(await logOf(dir)).toBe(await logOf(otherDir));
}

describe('train', () => {
  it('leaves a run folder with log, samples, checkpoint and status', async () => {
    const witness = new Witness();
    const result = await run({}, { witness });
    expect(result).toMatchObject({ state: 'finished', steps: 9, totalSteps: 9 });
    expect((await readdir(runDir)).sort()).toEqual(['checkpoints', 'log.jsonl', 'samples', 'status.json']);
    expect((await readdir(join(runDir, 'samples'))).sort()).toEqual([
      'step-0000004',
      'step-0000004.png',
      'step-0000008',
      'step-0000008.png',
      'step-0000009',
      'step-0000009.png',
    ]);
    expect(await readdir(join(runDir, 'checkpoints'))).toEqual(['step-0000008', 'step-0000009']);
    expect(JSON.parse(await readFile(join(runDir, 'status.json'), 'utf8'))).toMatchObject({
      state: 'finished',
      step: 9,
      totalSteps: 9,
    });
    expect(witness.progress.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('calls the picture listener with the whole log where samples are written, and when it has finished', async () => {
    const witness = new Witness();
    const calls: string[] = [];
    const pictures: PictureListener = {
      onSamples(lines) {
        calls.push(`steps ${lines.map(({ step }) => step).join()}`);
        return Promise.resolve(['chart.svg']);
      },
      onFinished(real, generated) {
        calls.push(`${real.count} real, ${generated.count} generated`);
        return Promise.resolve(['beside.png']);
      },
    };
    await run({}, { witness, pictures });
    expect(calls).toEqual([
      'steps 1,2,3,4',
      'steps 1,2,3,4,5,6,7,8',
      'steps 1,2,3,4,5,6,7,8,9',
      `10 real, ${TOY_RUN.sampleCount} generated`,
    ]);
    const samples = (step: number): string => join(runDir, 'samples', `step-000000${step}.png`);
    expect(witness.files).toEqual([
      samples(4),
      'chart.svg',
      samples(8),
      'chart.svg',
      samples(9),
      'chart.svg',
      'beside.png',
    ]);
  });

  it('logs every step once, with every log key', async () => {
    await run();
    const lines = (await readFile(join(runDir, 'log.jsonl'), 'utf8')).trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, number>);
    expect(parsed.map((line) => [line['step'], line['epoch']])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 2],
      [5, 2],
      [6, 2],
      [7, 3],
      [8, 3],
      [9, 3],
    ]);
    expect(Object.keys(parsed[0]!)).toEqual([
      'step',
      'epoch',
      'time',
      'loss/discriminator',
      'loss/generator',
      'prob/real',
      'prob/fake_before',
      'prob/fake_after',
    ]);
  });

  it('reports the speed and the time left', async () => {
    const witness = new Witness();
    await run({}, { witness });
    expect(witness.progress.at(-1)).toMatchObject({ step: 9, stepsPerSecond: 100, secondsLeft: 0 });
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const checkpoint = async (seed: number): Promise<Buffer> => {
      const dir = await mkdtemp(join(tmpdir(), 'medgan-loop-'));
      const { checkpoint: path } = await run({ seed }, { dir });
      const bytes = await readFile(join(path!, 'generator.safetensors'));
      await rm(dir, { recursive: true });
      return bytes;
    };
    expect(await checkpoint(1)).toEqual(await checkpoint(1));
    expect(await checkpoint(2)).not.toEqual(await checkpoint(1));
  });

  it('stops after the step in progress when it is asked to, with a checkpoint of that step', async () => {
    const controller = new AbortController();
    const witness = new Witness();
    witness.onStepDone = (step) => {
      if (step === 5) controller.abort();
    };
    const result = await run({}, { witness, signal: controller.signal });
    expect(result).toMatchObject({ state: 'interrupted', steps: 5, totalSteps: 9 });
    expect(result.checkpoint).toMatch(/step-0000005$/);
    const { metadata, tensors } = await readSafetensorsFile(
      join(result.checkpoint!, 'discriminator.safetensors'),
    );
    expect(metadata).toMatchObject({ step: '5', epoch: '2', architecture: 'toy', format: 'pt' });
    // Three discriminator forwards a step.
    expect(tensors.get('seen')).toEqual({ dtype: 'I64', shape: [], data: BigInt64Array.of(15n) });
  });

  it('gives the discriminator the batches of a step before the generator learns', async () => {
    const witness = new Witness();
    const result = await run({ discriminatorSteps: 2 }, { witness });
    // Nine batches, and one more of the epoch after the last to make the fifth step whole.
    expect(result).toMatchObject({ state: 'finished', steps: 5, totalSteps: 5 });
    expect(witness.progress.map(({ step, epoch }) => [step, epoch])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 3],
      [5, 3],
    ]);
    const { tensors } = await readSafetensorsFile(join(result.checkpoint!, 'discriminator.safetensors'));
    // Two forwards an update of the discriminator, one of the generator.
    expect(tensors.get('seen')!.data).toEqual(BigInt64Array.of(25n));
  });

  it('goes on with every technique as if it had never stopped', async () => {
    const changes: Partial<RunConfig> = {
      batchSize: 3,
      epochs: 5,
      discriminatorSteps: 3,
      r1: 0.5,
      diffAugment: ['color', 'translation', 'cutout'],
      beta1: 0,
      beta2: 0.9,
    };
    const broken = join(runDir, 'broken');
    const unbroken = join(runDir, 'unbroken');
    await Promise.all([mkdir(broken), mkdir(unbroken)]);
    const whole = await run(changes, { dir: unbroken });
    const controller = new AbortController();
    const witness = new Witness();
    witness.onStepDone = (step) => {
      if (step === 3) controller.abort();
    };
    const part = await run(changes, { dir: broken, witness, signal: controller.signal });
    expect(part).toMatchObject({ state: 'interrupted', steps: 3, totalSteps: 7 });
    const rest = await run(changes, { dir: broken, resume: part.checkpoint! });

    await expectEqualRuns([broken, rest], [unbroken, whole]);
  });

  it('adds up the time of all attempts', async () => {
    const controller = new AbortController();
    const witness = new Witness();
    witness.onStepDone = () => controller.abort();
    const part = await run({}, { witness, signal: controller.signal });
    const path = join(runDir, 'status.json');
    const status = JSON.parse(await readFile(path, 'utf8')) as { readonly seconds: number };
    expect(status.seconds).toBeGreaterThan(0);
    await writeFile(path, JSON.stringify({ ...status, seconds: 1000 }));
    const rest = await run({}, { resume: part.checkpoint! });
    expect(rest.seconds).toBeGreaterThan(1000);
    expect(rest.seconds).toBeLessThan(2000);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      seconds: expect.closeTo(rest.seconds, 1) as number,
    });

    // A status that cannot be read keeps no run from going on.
    await writeFile(path, '{');
    expect((await run({}, { resume: rest.checkpoint! })).seconds).toBeLessThan(1000);
  });

  it.each([1, 2])(
    'is the same in calls of several steps, with %i updates of the discriminator a step',
    async (discriminatorSteps) => {
      const changes: Partial<RunConfig> = { batchSize: 3, epochs: 6, discriminatorSteps, ema: 0.5 };
      const [single, several] = [join(runDir, 'single'), join(runDir, 'several')];
      await Promise.all([mkdir(single), mkdir(several)]);
      const one = await run(changes, { dir: single });
      const controller = new AbortController();
      const witness = new Witness();
      witness.onStepDone = (step) => {
        if (step === 5) controller.abort();
      };
      const part = await run(changes, {
        ...{ dir: several, stepsPerCall: 3, witness },
        signal: controller.signal,
      });
      expect(part.state).toBe('interrupted');
      const rest = await run(changes, { dir: several, stepsPerCall: 5, resume: part.checkpoint! });
      await expectEqualRuns([several, rest], [single, one]);
      expect(await readdir(join(several, 'samples'))).toEqual(await readdir(join(single, 'samples')));
    },
  );

  it('learns: the generator comes nearer to fooling the discriminator than it was', async () => {
    const witness = new Witness();
    await run(
      { epochs: 40, cadence: { ...TOY_RUN.cadence, sampleEvery: 1000, checkpointEvery: 1000 } },
      { witness },
    );
    const loss = (from: number, to: number): number =>
      witness.progress.slice(from, to).reduce((sum, p) => sum + p.values['loss/generator'], 0) / (to - from);
    expect(loss(110, 120)).toBeLessThan(loss(0, 10));
  });
});
