import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runOnnxModel, startEngine, type Engine } from '@medgan/engine';
import { createRng } from '@medgan/plugin-api';
import {
  onnxDifference,
  openImageSource,
  readGeneratorWeights,
  type GeneratorWeights,
} from '@medgan/trainer';
import { builtInPlugins } from '@medgan/runs';
import { medgan } from './medgan.ts';
import { SMALL, writeRandomGenerator } from './random-generator.ts';

const folder = mkdtempSync(join(tmpdir(), 'medgan-export-'));
const file = join(folder, 'weights.safetensors');
beforeAll(() => writeRandomGenerator(file));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const read = (path: string): Promise<GeneratorWeights> =>
  readGeneratorWeights({ file: path, architectures: builtInPlugins().architectures });
const latents = (i: number): Float32Array => createRng(`latent/${i}`).normals(SMALL.latentSize);

describe('medgan export', () => {
  let engine: Engine;
  beforeEach(async () => (engine = await startEngine('onnx')));
  afterEach(() => engine.dispose());

  it('writes ONNX that makes the same images in ONNX Runtime, at any batch size', async () => {
    const ended = await medgan('export', file, '--format', 'onnx', '--out', at('g.onnx'));
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const model = readFileSync(at('g.onnx'));
    const check = { engine, format: 'float32', rng: createRng(5) } as const;
    const weights = await read(file);
    expect(await onnxDifference(model, { ...check, weights })).toBeLessThan(1e-5);
    // The check sees a single weight that changed.
    const tensors = structuredClone(weights.tensors);
    (tensors.get('main.0.weight')!.data as Float32Array)[0]! += 1;
    const changed = { ...weights, tensors };
    expect(await onnxDifference(model, { ...check, weights: changed })).toBeGreaterThan(1e-3);
  });

  it('writes ONNX that makes bytes', async () => {
    expect(await medgan('export', file, '--format', 'onnx', '--uint8', '--out', at('g8.onnx'))).toMatchObject(
      { code: 0 },
    );
    const source = await openImageSource(engine, await read(file), 'running');
    const { pixels, count } = await source.draw(latents, 0);
    const all = Float32Array.from(
      { length: count * SMALL.latentSize },
      (_, i) => latents(Math.floor(i / SMALL.latentSize))[i % SMALL.latentSize]!,
    );
    const [result] = await runOnnxModel(readFileSync(at('g8.onnx')), [
      { latent: { values: all, shape: [count, SMALL.latentSize] } },
    ]);
    const { values, shape } = result!['images']!;
    expect(values).toBeInstanceOf(Uint8Array);
    expect(shape).toEqual([count, 64, 64, 3]);
    const off = pixels.reduce((sum, byte, i) => sum + Math.abs(byte - values[i]!), 0);
    expect(off / pixels.length).toBeLessThan(1e-3);
    expect(new Set(pixels).size).toBeGreaterThan(200);
  });

  it('writes a model that TensorFlow.js loads, and that makes the same images', async () => {
    expect(await medgan('export', file, '--format', 'tfjs', '--out', at('web'))).toMatchObject({ code: 0 });
    const json = JSON.parse(readFileSync(at('web/model.json'), 'utf8')) as {
      modelTopology: object;
      signature: object;
      userDefinedMetadata: object;
      weightsManifest: { paths: string[]; weights: never[] }[];
    };
    const [{ paths, weights }] = json.weightsManifest as [(typeof json.weightsManifest)[0]];
    const bytes = Buffer.concat(paths.map((name) => readFileSync(join(at('web'), name))));
    await tf.setBackend('cpu');
    const model = await loadGraphModel({
      load: () =>
        Promise.resolve({
          ...(json as object),
          weightSpecs: weights,
          weightData: Uint8Array.from(bytes).buffer,
        }),
    });
    const source = await openImageSource(engine, await read(file), 'running');
    const wanted = await source.drawFloat(latents, 0);
    for (const batch of [1, 3]) {
      await tf.setBackend('cpu');
      const input = tf.tensor2d(Array.from({ length: batch }, (_, i) => Array.from(latents(i))));
      const images = model.predict(input) as tf.Tensor;
      expect(images.shape).toEqual([batch, 64, 64, 3]);
      const values = (await images.data()) as Float32Array;
      const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0);
      expect(worst).toBeLessThan(1e-5);
    }
    model.dispose();
    expect(json.userDefinedMetadata).toMatchObject({ architecture: 'dcgan', latent_size: '5' });
    expect(await medgan('export', file, '--format', 'tfjs', '--uint8', '--out', at('web8'))).toMatchObject({
      code: 1,
    });
  });

  it(
    'takes a run, with how it was trained; what it writes generates the same images',
    { timeout: 120_000 },
    async () => {
      const control = at('run.yaml');
      writeFileSync(
        control,
        `arch: DCGAN\nout: ${folder}\nrun: run\nmax_steps: 2\nbatch_size: 4\nlatent_vector: 3\ngen_feature_maps: 2\ndis_feature_maps: 2\ndataset_options: { count: 8 }\nsample_count: 2\ncache: ''\n`,
      );
      expect(await medgan('run', control)).toMatchObject({ code: 0 });
      expect(
        await medgan('export', at('run'), '--format', 'safetensors', '--out', at('run.safetensors')),
      ).toMatchObject({ code: 0 });
      expect(await medgan('export', at('run'), '--format', 'onnx', '--out', at('run.onnx'))).toMatchObject({
        code: 0,
      });
      const text = readFileSync(at('run.onnx')).toString('latin1');
      for (const word of ['latent_size', 'value_range', '[-1, 1]', '"maxSteps":2'])
        expect(text).toContain(word);
      for (const [from, out] of [
        ['run', 'a'],
        ['run.safetensors', 'b'],
      ] as const) {
        expect(
          await medgan(
            'generate',
            '--checkpoint',
            at(from),
            '--count',
            '4',
            '--batch-statistics',
            '--out',
            at(out),
          ),
        ).toMatchObject({ code: 0 });
      }
      const bytes = (out: string): Buffer[] =>
        readdirSync(at(out))
          .filter((name) => name.endsWith('.png'))
          .map((name) => readFileSync(join(at(out), name)));
      expect(bytes('a')).toHaveLength(4);
      expect(bytes('a')).toEqual(bytes('b'));
    },
  );

  it('replaces nothing unasked', async () => {
    writeFileSync(at('there.onnx'), 'mine');
    const { code, stderr } = await medgan('export', file, '--format', 'onnx', '--out', at('there.onnx'));
    expect(code).toBe(1);
    expect(stderr).toContain('is there already');
    const forced = await medgan('export', file, '--format', 'onnx', '--out', at('there.onnx'), '--force');
    expect(forced.stderr).toContain('is there already, and is not an ONNX model');
    expect(readFileSync(at('there.onnx'), 'utf8')).toBe('mine');
    const folderError = await medgan('export', file, '--format', 'tfjs', '--out', folder, '--force');
    expect(folderError.stderr).toContain('holds more than a TensorFlow.js model');
  });
});
