import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { OnnxEngine } from '@medgan/engine';
import { defined, withCure } from '@medgan/files';
import { Registry, createRng, defineArchitecture, type Architecture } from '@medgan/plugin-api';
import { writeSafetensorsFile, type TensorData } from '@medgan/weights';
import { readGeneratorWeights, type GeneratorWeightsRequest } from './generator-weights.ts';
import { readImportedWeights } from './import-weights.ts';
import { independentLatents } from './latents.ts';
import { openImageSource } from './image-source.ts';

const folder = await mkdtemp(join(tmpdir(), 'medgan-weights-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One layer in a module `main`, with a counter: 4×4 grey images. */
const toy = defineArchitecture({
  name: 'toy',
  summary: 'one layer',
  reference: 'none',
  options: { type: 'object', additionalProperties: false, properties: {} },
  imageSizes: [4],
  defaultObjective: 'bce',
  tiny: { imageSize: 4, channels: 1, latentSize: 2, generatorFeatures: 1, discriminatorFeatures: 1 },
  generator({ latentSize }, _options, parameters) {
    const main = parameters.scope('main');
    const weight = main.parameter('0.weight', { shape: [latentSize, 16], init: () => new Float32Array() });
    main.counter('1.num_batches_tracked');
    return {
      layers: [],
      apply: (latents) => tf.reshape(tf.tanh(tf.matMul(latents, weight as tf.Tensor2D)), [-1, 4, 4, 1]),
    };
  },
  discriminator: () => {
    throw new Error('not built');
  },
  generatorSizes(shapes) {
    const names = [...shapes.keys()].filter((name) => name.endsWith('.weight'));
    const [latentSize, pixels] = shapes.get('main.0.weight') ?? [];
    if (names.length !== 1 || pixels !== 16) return undefined;
    return { imageSize: 4, channels: 1, latentSize: latentSize!, generatorFeatures: 1 };
  },
});

const architectures = new Registry<Architecture>('architecture');
architectures.add(toy as Architecture);

const WEIGHT: TensorData = {
  dtype: 'F32',
  shape: [2, 16],
  data: Float32Array.from({ length: 32 }, (_, i) => Math.sin(i)),
};
const OTHER: TensorData = { dtype: 'F32', shape: [3, 3], data: new Float32Array(9) };
const float = (...values: number[]): TensorData => ({
  dtype: 'F32',
  shape: [values.length],
  data: Float32Array.from(values),
});

let files = 0;
async function write(tensors: Record<string, TensorData>): Promise<string> {
  const file = join(folder, `${files++}.safetensors`);
  await writeSafetensorsFile(file, tensors);
  return file;
}

const read = async (
  tensors: Record<string, TensorData>,
  more: Partial<GeneratorWeightsRequest> = {},
): ReturnType<typeof readGeneratorWeights> =>
  readGeneratorWeights({ file: await write(tensors), architectures, ...more });

async function refusal(
  tensors: Record<string, TensorData>,
  more: Partial<GeneratorWeightsRequest> = {},
): Promise<string> {
  const error: unknown = await read(tensors, more).catch((thrown: unknown) => thrown);
  return withCure(error)
    .replaceAll(folder, '')
    .replace(/\d+\.safetensors/g, 'x.safetensors');
}

/** The first image of weights, as floats. */
async function firstImage(tensors: Record<string, TensorData>): Promise<Float32Array> {
  const engine = new OnnxEngine({ threads: 1 });
  try {
    const source = await openImageSource(engine, await read(tensors), 'running');
    return (await source.drawFloat(independentLatents(createRng(1), { latentSize: 2 }), 0)).slice(0, 16);
  } finally {
    await engine.dispose();
  }
}

describe('a generator is found by its structure', () => {
  const plain = { 'main.0.weight': WEIGHT };
  it.each([
    ['alone', plain, undefined],
    ['wrapped by DataParallel', { 'module.main.0.weight': WEIGHT }, undefined],
    ['under a name of its own', { 'netG.main.0.weight': WEIGHT }, 'module "netG"'],
    ['without the outer module', { '0.weight': WEIGHT }, undefined],
    ['with another outer module', { 'net.0.weight': WEIGHT }, 'module "net"'],
    [
      'beside a discriminator',
      { 'generator.main.0.weight': WEIGHT, 'discriminator.main.0.weight': OTHER },
      'module "generator"',
    ],
    ['in an AveragedModel', { n_averaged: float(3), 'module.main.0.weight': WEIGHT }, 'module "module"'],
    [
      'compiled, in a wrapper, in a module',
      { 'g._orig_mod.module.net.0.weight': WEIGHT, 'd.0.weight': OTHER },
      'module "g._orig_mod.module.net"',
    ],
    ['beside a buffer of the outer module', { ...plain, fixed_noise: float(1, 2) }, undefined],
  ])('%s', async (_, tensors, place) => {
    const found = await read(tensors);
    expect([...found.tensors]).toEqual([['main.0.weight', WEIGHT]]);
    expect(found.sizes).toMatchObject({ latentSize: 2 });
    expect(found.place).toBe(place);
  });

  it('or chosen, where there are several', async () => {
    const both = { 'G.main.0.weight': WEIGHT, 'G_ema.0.weight': WEIGHT };
    expect(await refusal(both)).toMatchInlineSnapshot(`
      "/x.safetensors holds 2 generators
        cure: choose one: --key "G" (toy, 4 px); --key "G_ema" (toy, 4 px)"
    `);
    expect((await read(both, { key: 'G_ema' })).place).toBe('module "G_ema"');
    expect(await refusal(both, { key: 'H' })).toMatchInlineSnapshot(`
      "/x.safetensors: has no state dict "H"
        cure: choose one by its key (--key): "." (2 tensors)"
    `);
  });

  it('or refused with what is there', async () => {
    expect(await refusal({ 'main.0.weight': OTHER, 'main.0.bias': float(1) })).toMatchInlineSnapshot(`
      "/x.safetensors holds no generator of toy; it has 2 tensors from main.0.bias [1] on
        cure: give the weights of a generator, not of a discriminator or an optimiser; medgan models lists what is known"
    `);
  });
});

describe('counters of batch norm', () => {
  const image = firstImage({ 'main.0.weight': WEIGHT });
  it.each([
    ['an int32', { dtype: 'I32', shape: [], data: Int32Array.of(4) }],
    ['an int64 with an axis', { dtype: 'I64', shape: [1], data: BigInt64Array.of(4n) }],
    ['a float', float(7)],
    ['a half', { dtype: 'F16', shape: [], data: Uint16Array.of(0x4400) }],
    ['a bool', { dtype: 'BOOL', shape: [], data: Uint8Array.of(1) }],
  ] as readonly (readonly [string, TensorData])[])('may be %s', async (_, counter) => {
    const tensors = { 'main.0.weight': WEIGHT, 'main.1.num_batches_tracked': counter };
    expect(await firstImage(tensors)).toEqual(await image);
  });
});

describe('weights that are not finite', () => {
  it.each([NaN, Infinity, -Infinity])('%d is refused by the name of its tensor', async (value) => {
    const data = Float32Array.from(WEIGHT.data as Float32Array);
    data[31] = value;
    const tensors = { 'main.0.weight': { ...WEIGHT, data } as TensorData };
    expect(await refusal(tensors)).toContain(
      `x.safetensors: main.0.weight holds ${Number.isNaN(value) ? 'NaN' : 'infinity'}\n  cure: the training diverged`,
    );
    expect((await read(tensors, { allowNonFinite: true })).tensors.size).toBe(1);
  });
});

describe('import', () => {
  it('takes the only state dict whole, and a module that is asked for', async () => {
    const file = await write({ 'generator.main.0.weight': WEIGHT, 'discriminator.main.0.weight': OTHER });
    const names = async (key?: string): Promise<string[]> => [
      ...(await readImportedWeights(file, { architectures, ...defined({ key }) })).tensors.keys(),
    ];
    expect(await names()).toEqual(['discriminator.main.0.weight', 'generator.main.0.weight']);
    expect(await names('discriminator')).toEqual(['main.0.weight']);
  });
});
