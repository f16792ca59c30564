import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '@medgan/files';
import { fingerprint } from '../../../../tools/vitest/fingerprint.ts';
import { readRunRecord } from './run-record.ts';
import { interruptAfter, Listener, smallRun, trainSmall } from './small-run.testing.ts';

let out: string;
let runDir: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'medgan-execute-'));
  runDir = join(out, 'run');
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

const status = (): unknown => JSON.parse(readFileSync(join(runDir, 'status.json'), 'utf8'));

const RESUME = { kind: 'resume', extended: [] } as const;

describe('an interrupted run', () => {
  it('leaves a checkpoint of its last step, and ends with the bytes of an unbroken run', async () => {
    await trainSmall(await smallRun(out, { run: 'unbroken' }));
    const checked = await smallRun(out);
    const cut = await interruptAfter(3, checked);
    expect(cut).toMatchObject({ state: 'interrupted', steps: 3, totalSteps: 4 });
    expect(cut.checkpoint).toBe(join(runDir, 'checkpoints', 'step-0000003'));
    expect(status()).toMatchObject({ state: 'interrupted', step: 3 });
    const listener = new Listener();
    const done = await trainSmall(checked, { reporter: listener, existing: RESUME });
    expect(done).toMatchObject({ state: 'finished', steps: 4 });
    expect(listener.notes).toContain('resuming after step 3');
    rmSync(join(runDir, 'checkpoints', 'step-0000003'), { recursive: true });
    expect(fingerprint(runDir)).toEqual(fingerprint(join(out, 'unbroken')));
  });

  it('is not handed on as finished', async () => {
    let isHandedOn = false;
    const onFinished = (): Promise<void> => Promise.resolve(void (isHandedOn = true));
    await interruptAfter(1, await smallRun(out), { onFinished });
    expect(isHandedOn).toBe(false);
  });

  it('starts from the beginning where it has no checkpoint', async () => {
    const checked = await smallRun(out);
    await interruptAfter(1, checked);
    rmSync(join(runDir, 'checkpoints'), { recursive: true });
    const listener = new Listener();
    await trainSmall(checked, { reporter: listener, existing: RESUME });
    expect(listener.notes).toContain('no checkpoint yet; starting from the beginning');
    expect(status()).toMatchObject({ state: 'finished', step: 4 });
  });

  it('removes what a killed process left half-written, and says so', async () => {
    const checked = await smallRun(out);
    await interruptAfter(1, checked);
    writeFileSync(join(runDir, 'loss.svg.7-0.partial'), '<svg');
    const listener = new Listener();
    await trainSmall(checked, { reporter: listener, existing: RESUME });
    expect(listener.notes).toContain('half-written files of the run are removed: loss.svg.7-0.partial');
    expect(readdirSync(runDir)).not.toContain('loss.svg.7-0.partial');
  });

  it('is refused where the folder holds no run', async () => {
    await expect(trainSmall(await smallRun(out), { existing: RESUME })).rejects.toThrow(
      `${runDir} holds no run: there is no config.yaml in it`,
    );
  });

  it('trains longer only where that is asked for', async () => {
    await trainSmall(await smallRun(out));
    const longer = await smallRun(out, { num_epochs: 3 });
    await expect(trainSmall(longer, { existing: RESUME })).rejects.toThrow('epochs: was 2, now 3');
    const existing = { kind: 'resume', extended: ['num_epochs'] } as const;
    expect(await trainSmall(longer, { existing })).toMatchObject({ state: 'finished', steps: 6 });
    expect((await readRunRecord(runDir)).resolved.epochs).toBe(3);
  });
});

describe('resuming under other settings', () => {
  /** A control key with another value, and the difference that the refusal names. */
  const CHANGES: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
    [{ arch: 'sngan' }, 'architecture.name: was dcgan, now sngan'],
    [{ arch_options: { discriminator: 'spectral' } }, 'architecture.options.discriminator: was plain'],
    [{ objective: 'least-squares' }, 'objective.name: was bce, now least-squares'],
    [{ seed: 8 }, 'seed: was 7, now 8'],
    [{ dataset_options: { count: 9 } }, 'data.fingerprint: was '],
    [{ dataset_options: { count: 8, seed: 2 } }, 'data.fingerprint: was '],
    [{ classes: ['nevus'] }, 'data.fingerprint: was '],
    [{ subset: 6 }, 'data.fingerprint: was '],
    [{ split: 'train', splits: { train: 0.5, test: 0.5 } }, 'data.fingerprint: was '],
    [{ engine: 'cpu' }, 'engine.name: was onnx, now cpu'],
    [{ threads: 2 }, 'engine.threads: was 1, now 2'],
    [{ image_size: 128 }, 'sizes.imageSize: was 64, now 128'],
    [{ number_channels: 3 }, 'sizes.channels: was 1, now 3'],
    [{ latent_vector: 3 }, 'sizes.latentSize: was 2, now 3'],
    [{ gen_feature_maps: 2 }, 'sizes.generatorFeatures: was 1, now 2'],
    [{ dis_feature_maps: 2 }, 'sizes.discriminatorFeatures: was 1, now 2'],
    [{ batch_size: 2 }, 'batchSize: was 4, now 2'],
    [{ num_epochs: 3 }, 'epochs: was 2, now 3'],
    [{ max_steps: 3 }, 'maxSteps: was undefined, now 3'],
    [{ learning_rate: 0.001 }, 'learningRate.generator: was 0.0002, now 0.001'],
    [{ beta_adam: 0.4 }, 'beta1: was 0.5, now 0.4'],
    [{ beta2_adam: 0.9 }, 'beta2: was undefined, now 0.9'],
    [{ ema: 0.9 }, 'ema: was undefined, now 0.9'],
    [{ labels: { real: 0.9 } }, 'labels.real: was 1, now 0.9'],
    [{ discriminator_steps: 2 }, 'discriminatorSteps: was undefined, now 2'],
    [{ r1: 10 }, 'r1: was undefined, now 10'],
    [{ diff_augment: ['color'] }, 'diffAugment.0: was undefined, now color'],
    [{ augment: [{ 'horizontal-flip': { probability: 0.5 } }] }, 'augment.0.name: was undefined'],
    [{ sample_count: 5 }, 'sampleCount: was 4, now 5'],
    [{ evaluate_every: 1, best_metric: 'psnr' }, 'bestMetric: was undefined, now psnr'],
  ];

  let shared: string;
  let begun: string;
  beforeAll(async () => {
    shared = mkdtempSync(join(tmpdir(), 'medgan-begun-'));
    begun = join(shared, 'run');
    await interruptAfter(1, await smallRun(shared));
  });
  afterAll(() => rmSync(shared, { recursive: true, force: true }));

  it.each(CHANGES)('is refused with %j, before a byte is written', async (change, difference) => {
    const before = fingerprint(begun);
    await expect(trainSmall(await smallRun(shared, change), { existing: RESUME })).rejects.toThrow(
      difference,
    );
    expect(fingerprint(begun)).toEqual(before);
  });

  it('goes on where only other steps are logged, drawn and saved', async () => {
    const cadence = { log_every: 2, sample_every: 3, checkpoint_every: 4, keep_checkpoints: 1 };
    await interruptAfter(1, await smallRun(out));
    const result = await trainSmall(await smallRun(out, cadence), { existing: RESUME });
    expect(result).toMatchObject({ state: 'finished', steps: 4 });
  });

  it('knows a CPU from a GPU, whose engines of ONNX Runtime 0.1.0 recorded by one name', async () => {
    await interruptAfter(1, await smallRun(out));
    const path = join(runDir, 'config.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/device: .*/, 'device: cuda'));
    await expect(trainSmall(await smallRun(out), { existing: RESUME })).rejects.toThrow(
      'engine.name: was onnx-cuda, now onnx',
    );
  });
});

describe('a folder in which another process trains', () => {
  it('is refused, and its run stays as it is', async () => {
    await interruptAfter(1, await smallRun(out));
    const before = fingerprint(runDir);
    const lock = await takeLock(join(runDir, 'run.lock'));
    await expect(trainSmall(await smallRun(out), { existing: RESUME })).rejects.toThrow(
      `process ${process.pid}`,
    );
    if ('release' in lock) await lock.release();
    expect(fingerprint(runDir)).toEqual(before);
  });
});
