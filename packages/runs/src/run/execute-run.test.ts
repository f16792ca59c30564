import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '@medgan/files';
import { defineObjective } from '@medgan/plugin-api';
import { fingerprint } from '../../../../tools/vitest/fingerprint.ts';
import { checkedRun } from '../control/read-control.ts';
import { addPlugin, builtInPlugins } from '../plugins/plugins.ts';
import { readRunRecord } from './run-record.ts';
import { Listener, SMALL_CONTROL, smallRun, trainSmall } from './small-run.testing.ts';

let out: string;
let runDir: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'medgan-execute-'));
  runDir = join(out, 'run');
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

const status = (): unknown => JSON.parse(readFileSync(join(runDir, 'status.json'), 'utf8'));

describe('a run', () => {
  it('trains to its end and leaves its record, log, samples, pictures and checkpoints', async () => {
    const listener = new Listener();
    const result = await trainSmall(await smallRun(out), { reporter: listener });
    expect(result).toMatchObject({ state: 'finished', steps: 4, totalSteps: 4, best: undefined });
    expect(readdirSync(runDir).sort()).toEqual([
      'checkpoints',
      'config.yaml',
      'log.jsonl',
      'loss.png',
      'loss.svg',
      'real-fake-grid.png',
      'samples',
      'status.json',
    ]);
    expect(readdirSync(join(runDir, 'checkpoints'))).toEqual(['step-0000002', 'step-0000004']);
    expect(status()).toMatchObject({ state: 'finished', step: 4 });
    expect(await readRunRecord(runDir)).toMatchObject({
      control: SMALL_CONTROL,
      resolved: { architecture: { name: 'dcgan' }, batchSize: 4, seed: 7 },
      engine: { name: 'onnx', threads: 1 },
      data: { images: 8, classes: ['melanoma'], perClass: [8], skipped: 0 },
    });
    expect(listener.notes[0]).toMatch(/^8 images .*at 64 px; dcgan, bce; onnx on CPU/);
    expect(listener.warnings).toEqual([]);
  });

  it('gives the same bytes again with the same seed, and others with another', async () => {
    await trainSmall(await smallRun(out));
    const first = fingerprint(runDir);
    await trainSmall(await smallRun(out, { run: 'again' }));
    expect(fingerprint(join(out, 'again'))).toEqual(first);
    await trainSmall(await smallRun(out, { run: 'other', seed: 8 }));
    const [generator] = Object.keys(first).filter((name) =>
      name.endsWith('step-0000004/generator.safetensors'),
    );
    expect(fingerprint(join(out, 'other'))[generator!]).not.toBe(first[generator!]);
  });

  it('hands its open data and engine on when it has finished, and follows its folder until then', async () => {
    const events: string[] = [];
    await trainSmall(await smallRun(out), {
      follow: (dir) => {
        events.push(`follow ${existsSync(join(dir, 'config.yaml')) ? 'with a record' : ''}`);
        return { end: () => Promise.resolve(void events.push('end')) };
      },
      onFinished: async ({ images, engine }, { steps }) => {
        const pixels = await images.read(Uint32Array.of(0));
        events.push(`finished ${steps}: ${engine.name}, ${pixels.length} values`);
      },
    });
    expect(events).toEqual(['follow with a record', 'end', 'finished 4: onnx, 4096 values']);
  });

  it('keeps its best checkpoint where it is evaluated', async () => {
    const { best } = await trainSmall(
      await smallRun(out, { evaluate_every: 1, best_metric: 'psnr', keep_checkpoints: 1 }),
    );
    expect(best).toMatchObject({ metric: 'psnr', direction: 'higher' });
    const kept = readdirSync(join(runDir, 'checkpoints'));
    expect(kept).toContain(`step-000000${best!.step}`);
    expect(JSON.parse(readFileSync(join(runDir, 'best.json'), 'utf8'))).toEqual(best);
  });
});

describe('a folder that holds a run', () => {
  it('is refused, and no byte of it changes', async () => {
    await trainSmall(await smallRun(out));
    const before = fingerprint(runDir);
    await expect(trainSmall(await smallRun(out, { seed: 8 }))).rejects.toThrow(
      `${runDir} already holds a run`,
    );
    expect(fingerprint(runDir)).toEqual(before);
  });

  it('is replaced where that is asked for: nothing of the former run is left', async () => {
    await trainSmall(await smallRun(out, { num_epochs: 3, run: 'run' }));
    const listener = new Listener();
    await trainSmall(await smallRun(out), { reporter: listener, existing: { kind: 'replace' } });
    expect(readdirSync(join(runDir, 'checkpoints'))).toEqual(['step-0000002', 'step-0000004']);
    expect(readdirSync(join(runDir, 'samples'))).not.toContain('step-0000006.png');
    expect((await readRunRecord(runDir)).resolved.epochs).toBe(2);
  });

  it('is not replaced where it holds a file of the user’s', async () => {
    await trainSmall(await smallRun(out));
    writeFileSync(join(runDir, 'notes.txt'), 'mine');
    await expect(trainSmall(await smallRun(out), { existing: { kind: 'replace' } })).rejects.toThrow(
      'holds files that no run has written: notes.txt',
    );
    expect(readFileSync(join(runDir, 'notes.txt'), 'utf8')).toBe('mine');
    expect(status()).toMatchObject({ state: 'finished' });
  });
});

describe('a run that diverges', () => {
  /** Its losses are NaN from the first step on. */
  const broken = defineObjective({
    name: 'square-root-of-less-than-nothing',
    summary: 'NaN',
    reference: 'none',
    options: { type: 'object', additionalProperties: false, properties: {} },
    usesLabels: true,
    discriminatorLoss: ({ real, fake }) => tf.mean(tf.sqrt(tf.sub(tf.neg(tf.square(tf.sub(real, fake))), 1))),
    generatorLoss: (fake) => tf.mean(tf.sqrt(tf.sub(tf.neg(tf.square(fake)), 1))),
  });

  it('ends there, writes no broken weights, and is not handed on as finished', async () => {
    const plugins = builtInPlugins();
    addPlugin(plugins, broken);
    const { control: working } = await smallRun(out);
    const control = { ...working, objective: broken.name };
    const checked = { control, plugins, notes: [], run: checkedRun(control, plugins, 'test') };
    let isHandedOn = false;
    const reporter = new Listener();
    const result = await trainSmall(checked, {
      reporter,
      onFinished: () => Promise.resolve(void (isHandedOn = true)),
    });
    expect(result).toMatchObject({
      state: 'diverged',
      steps: 1,
      reason: 'loss/discriminator is NaN at step 1',
      checkpoint: undefined,
    });
    expect(isHandedOn).toBe(false);
    expect(reporter.warnings).toEqual([expect.stringContaining('the training diverged; it ends here')]);
    expect(readdirSync(runDir)).not.toContain('checkpoints');
    expect(status()).toMatchObject({ state: 'diverged', reason: result.reason });
    const lock = await takeLock(join(runDir, 'run.lock'));
    expect(lock).toHaveProperty('release');
  });
});
