import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '@medgan/engine';
import { createRng } from '@medgan/plugin-api';
import { Sampler, buildGenerator, readGeneratorWeights, type GeneratorWeights } from '@medgan/trainer';
import { readSafetensorsFile, type TensorData } from '@medgan/weights';
import { builtInPlugins } from '@medgan/runs';
import { medgan } from './medgan.ts';

const folder = mkdtempSync(join(tmpdir(), 'medgan-ema-'));
const at = (...names: string[]): string => join(folder, ...names);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DECAY = 0.4;
const STEPS = 9;
const CONTROL = `arch: DCGAN
out: ${folder}
seed: 3
max_steps: ${STEPS}
batch_size: 4
latent_vector: 3
gen_feature_maps: 2
dis_feature_maps: 2
learning_rate: 0.01
dataset_options: { count: 12 }
sample_count: 2
sample_every: 4
checkpoint_every: 1
keep_checkpoints: 99
evaluate_every: 3
best_metric: haarpsi
threads: 1
cache: ''
`;

const stepName = (step: number): string => `step-${String(step).padStart(7, '0')}`;
const weightsFile = (run: string, step: number, name: string): string =>
  at(run, 'checkpoints', stepName(step), `${name}.safetensors`);
const tensorsOf = async (file: string): Promise<ReadonlyMap<string, TensorData>> =>
  (await readSafetensorsFile(file)).tensors;

beforeAll(async () => {
  writeFileSync(at('control.yaml'), CONTROL);
  const train = (...set: string[]): ReturnType<typeof medgan> =>
    medgan('run', at('control.yaml'), ...set.flatMap((one) => ['--set', one]));
  const averaged = await train('run=averaged', `ema=${DECAY}`);
  expect(averaged).toMatchObject({ code: 0, stderr: '' });
  expect(averaged.stdout).toContain(`images by averaged weights (ema ${DECAY})`);
  expect(await train('run=plain')).toMatchObject({ code: 0, stderr: '' });
}, 300_000);

describe('a run with ema', { timeout: 300_000 }, () => {
  it('keeps the average of the weights of its checkpoints, buffers and all', async () => {
    let mean: Map<string, number[]> | undefined;
    for (let t = 1; t <= STEPS; t++) {
      const trained = await tensorsOf(weightsFile('averaged', t, 'generator'));
      const average = await tensorsOf(weightsFile('averaged', t, 'generator-ema'));
      expect([...average.keys()]).toEqual([...trained.keys()]);
      const decay = Math.min(DECAY, (1 + t) / (10 + t));
      const before = mean;
      mean = new Map();
      for (const [name, { dtype, data }] of average) {
        const now = trained.get(name)!.data;
        if (dtype === 'I64') {
          expect(data, name).toEqual(now);
          continue;
        }
        // The start values are in no checkpoint: the first average stands for them.
        const expected = Array.from(now as Float32Array, (value, i) =>
          before === undefined ? Number(data[i]) : decay * before.get(name)![i]! + (1 - decay) * value,
        );
        const worst = expected.reduce(
          (most, value, i) => Math.max(most, Math.abs(value - Number(data[i]))),
          0,
        );
        expect(worst, `${name} at step ${t}`).toBeLessThan(1e-6);
        mean.set(name, expected);
      }
    }
    const [raw, ema] = [
      weightsFile('averaged', STEPS, 'generator'),
      weightsFile('averaged', STEPS, 'generator-ema'),
    ];
    expect((await tensorsOf(ema)).get('main.0.weight')).not.toEqual(
      (await tensorsOf(raw)).get('main.0.weight'),
    );
  });

  it('trains as the same run without it, byte for byte', () => {
    for (const name of ['generator', 'discriminator', 'generator-optimizer', 'discriminator-optimizer']) {
      const [one, other] = ['averaged', 'plain'].map((run) => readFileSync(weightsFile(run, STEPS, name)));
      expect(one!.equals(other!), name).toBe(true);
    }
    expect(readFileSync(at('plain', 'config.yaml'), 'utf8')).not.toMatch(/^ *ema:/m);
  });

  it('draws its samples with the average', async () => {
    const engine = await startEngine('onnx', { threads: 1 });
    const pixelsOf = async (name: string): Promise<Buffer> => {
      const file = weightsFile('averaged', STEPS, name);
      const weights: GeneratorWeights = await readGeneratorWeights({
        file,
        architectures: builtInPlugins().architectures,
      });
      const generator = buildGenerator(engine, weights);
      const sampler = new Sampler({ engine, generator, spec: weights }, 2, createRng(3).split('train'));
      return Buffer.from((await sampler.draw()).pixels);
    };
    const written = await Promise.all(
      ['000.png', '001.png'].map((name) =>
        sharp(at('averaged', 'samples', stepName(STEPS), name))
          .raw()
          .toBuffer(),
      ),
    );
    expect(Buffer.concat(written).equals(await pixelsOf('generator-ema'))).toBe(true);
    expect(Buffer.concat(written).equals(await pixelsOf('generator'))).toBe(false);
    await engine.dispose();
  });

  it('generates and exports by the average, or by the weights as trained where asked', async () => {
    const drawn = async (out: string, ...args: string[]): Promise<{ image: Buffer; record: object }> => {
      const ended = await medgan(
        'generate',
        '--checkpoint',
        at('averaged'),
        '--count',
        '1',
        '--batch-statistics',
        '--out',
        at(out),
        ...args,
      );
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      return {
        image: readFileSync(at(out, '000000.png')),
        record: JSON.parse(readFileSync(at(out, 'generation.json'), 'utf8')) as object,
      };
    };
    const [usual, ema, raw] = [
      await drawn('usual'),
      await drawn('ema', '--weights', 'ema'),
      await drawn('raw', '--weights', 'raw'),
    ];
    expect(usual.record).toMatchObject({
      ema: DECAY,
      weights: weightsFile('averaged', STEPS, 'generator-ema'),
    });
    expect(usual.image.equals(ema.image)).toBe(true);
    expect(raw.record).not.toHaveProperty('ema');
    expect(raw.image.equals(ema.image)).toBe(false);

    for (const [name, file, ...args] of [
      ['usual', 'generator-ema'],
      ['raw', 'generator', '--weights', 'raw'],
    ] as const) {
      const out = at(`${name}.safetensors`);
      const ended = await medgan('export', at('averaged'), '--format', 'safetensors', '--out', out, ...args);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(ended.stdout.includes('averaged weights')).toBe(name === 'usual');
      expect(await tensorsOf(out)).toEqual(await tensorsOf(weightsFile('averaged', STEPS, file)));
    }
  });

  it('is judged by the average, and says so', async () => {
    const evaluate = async (...args: string[]) => {
      const ended = await medgan('evaluate', at('averaged'), '--protocol', 'original', ...args);
      expect(ended.code).toBe(0);
      const written = JSON.parse(readFileSync(at('averaged', 'metrics.json'), 'utf8')) as {
        checkpoint: object;
        original: object;
      };
      return { text: ended.stdout, ...written };
    };
    const [ema, raw] = [await evaluate(), await evaluate('--weights', 'raw')];
    expect(ema.text).toContain(`checkpoint of step ${STEPS} (last), averaged weights (ema ${DECAY})`);
    expect(ema.checkpoint).toMatchObject({ ema: DECAY });
    expect(raw.text).not.toContain('averaged');
    expect(raw.checkpoint).toEqual({ step: STEPS, chosen: 'last' });
    expect(raw.original).not.toEqual(ema.original);
  });

  it('cannot be asked for an average that is not there, nor goes on without its own', async () => {
    const none = await medgan(
      'export',
      at('plain'),
      '--weights',
      'ema',
      '--format',
      'onnx',
      '--out',
      at('x.onnx'),
    );
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/holds no averaged weights[^]*ema: 0\.999/);
    const file = weightsFile('averaged', STEPS, 'generator');
    const single = await medgan('generate', '--checkpoint', file, '--weights', 'ema', '--out', at('y'));
    expect(single.stderr).toContain('is a file of weights: there is nothing to choose in it');
    const resumed = await medgan('run', at('control.yaml'), '--resume', '--set', 'run=averaged');
    expect(resumed.code).toBe(1);
    expect(resumed.stderr).toContain(`ema: was ${DECAY}, now undefined`);
  });
});
