import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defined } from '@medgan/files';
import { startEngine, type Engine } from '@medgan/engine';
import { createRng, defineArchitecture, type ParameterStore } from '@medgan/plugin-api';
import type { TensorData } from '@medgan/weights';
import { restoreCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { buildGan, type Gan, type GanSpec } from './gan.ts';
import { readNetwork } from './network-state.ts';
import { StepRunner } from './step-runner.ts';
import { TOY_SPEC, toyGan, toyImages } from './toy-gan.testing.ts';

/** The toy with what a batch norm keeps: a running mean, and a count. */
const trackingGan = defineArchitecture({
  ...toyGan,
  generator(sizes, options, parameters) {
    const network = toyGan.generator(sizes, options, parameters);
    const init = (): Float32Array => Float32Array.of(0);
    const running = parameters.parameter('running', { shape: [1], init, trainable: false });
    const seen = parameters.counter('seen');
    return {
      ...network,
      apply: (latents, mode) => {
        const images = network.apply(latents, mode);
        if (mode === 'training') {
          running.assign(tf.add(tf.mul(running, 0.9), tf.mul(tf.mean(images), 0.1)));
          seen.assign(tf.add(seen, tf.scalar(1, 'int32')));
        }
        return images;
      },
    };
  },
});

const engines: Engine[] = [];
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.dispose()));
});

/** A GAN of a seed, with the steps it trains on the same inputs as every other. */
async function start(
  engineName: 'onnx' | 'cpu',
  { seed = 1, ema }: { seed?: number; ema?: number },
): Promise<{ gan: Gan; step: (index: number) => Promise<void> }> {
  const engine = await startEngine(engineName, { threads: 1 });
  engines.push(engine);
  const spec: GanSpec = {
    ...TOY_SPEC,
    architecture: trackingGan,
    learningRate: { generator: 0.05, discriminator: 0.05 },
    ...defined({ ema }),
  };
  const gan = buildGan(engine, spec, createRng(seed));
  const images = toyImages(2);
  const batch = {
    epoch: 1,
    update: 1,
    indices: Uint32Array.of(0, 1),
    pixels: await images.read(Uint32Array.of(0, 1)),
  };
  const runner = new StepRunner(gan, createRng('steps'));
  const step = async (index: number): Promise<void> => {
    await runner.run([{ ...batch, step: index }]);
  };
  return { gan, step };
}

const state = ({ engine }: Gan, store: ParameterStore): Promise<Map<string, TensorData>> =>
  readNetwork(engine, store);

const averageOf = (gan: Gan): Promise<Map<string, TensorData>> => state(gan, gan.averaged!.parameters);

describe.each(['onnx', 'cpu'] as const)('averaged weights on %s', (engineName) => {
  it('are the moving average of the weights after every step, start values included', async () => {
    const { gan, step } = await start(engineName, { ema: 0.6 });
    const trained = (): Promise<Map<string, TensorData>> => state(gan, gan.generatorParameters);
    const expected = new Map(
      [...(await trained())].map(([name, { data }]) => [name, Array.from(data as Float32Array, Number)]),
    );
    // (1 + t)/(10 + t) passes 0.6 at the thirteenth step.
    for (let t = 1; t <= 20; t++) {
      await step(t);
      const decay = Math.min(0.6, (1 + t) / (10 + t));
      const [now, average] = [await trained(), await averageOf(gan)];
      for (const name of ['weight', 'running']) {
        const mean = expected.get(name)!;
        now.get(name)!.data.forEach((value, i) => {
          mean[i] = decay * mean[i]! + (1 - decay) * Number(value);
        });
        (average.get(name)!.data as Float32Array).forEach((value, i) =>
          expect(Math.abs(value - mean[i]!), `${name}[${i}] at step ${t}`).toBeLessThan(1e-6),
        );
      }
      expect(average.get('seen')).toEqual({ dtype: 'I64', shape: [], data: BigInt64Array.of(BigInt(t)) });
    }
  });

  it('leave the training as it is without them, to the bit', async () => {
    const [one, other] = [await start(engineName, { ema: 0.9 }), await start(engineName, {})];
    for (let t = 1; t <= 5; t++) {
      await one.step(t);
      await other.step(t);
    }
    for (const kind of ['generatorParameters', 'discriminatorParameters'] as const) {
      expect(await state(one.gan, one.gan[kind])).toEqual(await state(other.gan, other.gan[kind]));
    }
    expect(await averageOf(one.gan)).not.toEqual(await state(one.gan, one.gan.generatorParameters));
    expect(other.gan.averaged).toBeUndefined();
  });
});

describe('a checkpoint with averaged weights', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'medgan-averaged-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('restores them to the bit: the average goes on as if it had never stopped', async () => {
    const original = await start('onnx', { ema: 0.9 });
    for (let t = 1; t <= 3; t++) await original.step(t);
    const path = await writeCheckpoint(dir, original.gan, { step: 3, epoch: 1 });
    const restored = await start('onnx', { ema: 0.9, seed: 2 });
    await restoreCheckpoint(restored.gan, path);
    for (let t = 4; t <= 6; t++) {
      await original.step(t);
      await restored.step(t);
    }
    expect(await averageOf(restored.gan)).toEqual(await averageOf(original.gan));
  });

  it('has a file of its own for them; a run that keeps none has no such file', async () => {
    const files = async (ema?: number): Promise<string[]> => {
      const { gan } = await start('onnx', defined({ ema }));
      return readdir(await writeCheckpoint(dir, gan, { step: 1, epoch: 1 }));
    };
    expect(await files(0.9)).toContain('generator-ema.safetensors');
    expect(await files()).not.toContain('generator-ema.safetensors');
  });
});
