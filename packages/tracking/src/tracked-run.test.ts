import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '@medgan/files';
import { targetEnded } from './target-ended.ts';
import { findTargets } from './targets.ts';
import { readTrackedRun } from './tracked-run.ts';
import { openStudy, readTrackedStudy, readTrial, studyOf, trialDirs } from './tracked-study.ts';

const root = mkdtempSync(join(tmpdir(), 'medgan-tracked-'));
const study = join(root, 'sweep');
const dir = join(study, 'batch-16');
beforeEach(() => {
  rmSync(study, { recursive: true, force: true });
  mkdirSync(join(dir, 'samples', 'step-0000002'), { recursive: true });
  writeFileSync(
    join(dir, 'config.yaml'),
    `control: { path: /data/isic, dataset: image-folder }
resolved: { batchSize: 16, seed: 3, sizes: { imageSize: 64 } }
engine: { name: onnx, device: 'CPU, 1 threads', threads: 1 }
data: { fingerprint: ${'ab'.repeat(32)}, images: 240, classes: [melanoma], skipped: 1 }
versions: { medgan: 0.1.0, commit: 0123abc, '@tensorflow/tfjs-core': 4.22.0 }
`,
  );
  const lines = [1, 2, 3].map((step) =>
    JSON.stringify({ step, epoch: 1, time: 1000 * step, 'loss/generator': 2 }),
  );
  writeFileSync(join(dir, 'log.jsonl'), `${lines.join('\n')}\n`);
  writeFileSync(join(dir, 'samples', 'step-0000002.png'), 'png');
  writeFileSync(join(dir, 'samples', 'step-0000002', '000.png'), 'png');
  writeFileSync(join(dir, 'status.json'), '{"state":"running","step":3}');
  mkdirSync(join(dir, 'checkpoints', 'step-0000003'), { recursive: true });
  writeFileSync(join(dir, 'checkpoints', 'step-0000003', 'generator.safetensors'), 'weights');
  const trials = [
    { id: 'batch-16', label: 'batch size 16', settings: { batch_size: 16 }, state: 'running' },
    { id: 'batch-64', label: 'batch size 64', settings: { batch_size: 64 }, state: 'waiting' },
  ];
  writeFileSync(
    join(study, 'trials.json'),
    JSON.stringify({ version: 1, experiment: 'sweep', configuration: 'quick', trials }),
  );
  writeFileSync(join(study, 'RESULTS.md'), '# Sweep\n\n![grid](batch-16/real-fake-grid.png)\n\nA table.\n');
});
afterAll(() => rmSync(root, { recursive: true }));

describe('readTrackedRun', () => {
  it('says what a run folder holds in MLflow terms', async () => {
    writeFileSync(join(dir, 'status.json'), '{"state":"finished","step":3}');
    const run = await readTrackedRun(dir);
    expect(run).toMatchObject({
      name: 'batch-16',
      status: 'FINISHED',
      startTime: 1000,
      endTime: 3000,
      params: {
        batchSize: 16,
        seed: 3,
        'sizes.imageSize': 64,
        'engine.threads': 1,
        'data.classes': 'melanoma',
      },
      tags: {
        'mlflow.source.git.commit': '0123abc',
        'medgan.engine': 'onnx on CPU, 1 threads',
        'medgan.seed': 3,
        'medgan.data.fingerprint': 'ab'.repeat(32),
        'medgan.version.tensorflow/tfjs-core': '4.22.0',
      },
      dataset: {
        dataset: { name: 'isic (melanoma)', digest: 'ab'.repeat(18), source: '{"uri":"/data/isic"}' },
      },
    });
    expect(run.files.map(({ to, image }) => [to, image?.step])).toEqual([
      ['config.yaml', undefined],
      ['samples/step-0000002.png', 2],
    ]);
    const whole = await readTrackedRun(dir, { checkpoints: true });
    expect(whole.files.at(-1)!.to).toBe('checkpoints/step-0000003/generator.safetensors');
  });

  it('calls a run failed whose process is gone without a word, and running while it is there', async () => {
    expect(await readTrackedRun(dir)).toMatchObject({ status: 'FAILED', tags: { 'medgan.state': 'died' } });
    expect(await targetEnded({ kind: 'run', dir })).toBe(true);
    const lock = await takeLock(join(dir, 'run.lock'));
    expect((await readTrackedRun(dir)).status).toBe('RUNNING');
    expect(await targetEnded({ kind: 'run', dir })).toBe(false);
    if ('release' in lock) await lock.release();
  });

  it('gives the figures of an evaluation at its checkpoint', async () => {
    const values = { psnr: { value: 12.5 }, ms_ssim: { value: null } };
    writeFileSync(
      join(dir, 'metrics.json'),
      JSON.stringify({
        checkpoint: { step: 3 },
        original: { values },
        sets: [{ values: [{ name: 'fid@pixels-pca', value: 7 }] }],
      }),
    );
    expect((await readTrackedRun(dir)).figures).toEqual([
      { key: 'original/psnr', value: 12.5, timestamp: 3000, step: 3 },
      { key: 'sets/fid/pixels-pca', value: 7, timestamp: 3000, step: 3 },
    ]);
  });
});

describe('a study folder', () => {
  it('knows its trials, and they it', async () => {
    const opened = (await openStudy(study))!;
    expect(trialDirs(opened)).toEqual([dir]);
    expect((await studyOf(dir))?.dir).toBe(study);
    expect((await readTrial(dir, opened)).tags).toMatchObject({
      'medgan.study': 'sweep',
      'medgan.trial': 'batch size 16',
      'medgan.setting.batch_size': 16,
    });
  });

  it('is running while a process runs it, and stopped short when that is gone', async () => {
    const opened = (await openStudy(study))!;
    const alive = await readTrackedStudy(opened, { trials: [], isAlive: true });
    expect(alive).toMatchObject({ status: 'RUNNING', tags: { 'medgan.trials': '0 of 2 finished' } });
    expect(alive.tags['mlflow.note.content']).toBe('# Sweep\n\n\n\nA table.\n');
    expect((await readTrackedStudy(opened, { trials: [], isAlive: false })).status).toBe('KILLED');
  });
});

describe('findTargets', () => {
  it('finds studies and runs in a folder of them, a trial not beside its study', async () => {
    expect(await findTargets([root])).toEqual([{ kind: 'study', dir: study }]);
    expect(await findTargets([dir])).toEqual([{ kind: 'run', dir }]);
    expect(await findTargets([dir, study])).toEqual([{ kind: 'study', dir: study }]);
  });

  it('refuses a folder that holds nothing', async () => {
    await expect(findTargets([join(dir, 'samples')])).rejects.toMatchObject({
      message: expect.stringMatching(/samples holds no run and no study$/),
      cure: expect.stringContaining('name the folder'),
    });
  });
});
