import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startEngine, type Engine, type EngineName, type Values } from '@medgan/engine';
import { createRng, defineArchitecture, defineObjective } from '@medgan/plugin-api';
import { buildGan, type Gan, type GanSpec } from './gan.ts';
import { readNetwork } from './network-state.ts';
import { drawInputs } from './step-inputs.ts';
import { StepRunner, type StepValues } from './step-runner.ts';
import { TOY_SPEC, toyGan, toyObjective } from './toy-gan.testing.ts';

const SIZES = { ...toyGan.tiny, imageSize: 8, channels: 3 };
const BATCH = 4;

/** A discriminator whose slope is not the same everywhere. */
const curvedGan = defineArchitecture({
  ...toyGan,
  name: 'toy-curved',
  tiny: SIZES,
  discriminator({ channels }, _options, parameters) {
    const filter = parameters.parameter('filter', {
      shape: [3, 3, channels, 4],
      init: (_shape, rng) => rng.normals(9 * channels * 4).map((x) => x / 4),
    });
    const head = parameters.parameter('head', { shape: [64, 1], init: (_shape, rng) => rng.normals(64) });
    return {
      layers: [],
      apply: (images) => {
        const maps = tf.tanh(tf.conv2d(images, filter as tf.Tensor4D, 2, 1));
        return tf.reshape(tf.matMul(tf.reshape(maps, [-1, 64]), head as tf.Tensor2D), [-1]);
      },
    };
  },
});

/** Pulls D's mean slope between the images to 1. */
const penalised = defineObjective({
  ...toyObjective,
  name: 'toy-penalised',
  penalty: ({ real, fake, mix, discriminate }) => {
    const between = tf.add(tf.mul(real, mix), tf.mul(fake, tf.sub(1, mix)));
    const slope = tf.grad((x) => discriminate(x as tf.Tensor4D))(between);
    return tf.mean(tf.square(tf.sub(tf.sum(tf.square(slope), [1, 2, 3]), 1)));
  },
});

const SPEC: GanSpec = { ...TOY_SPEC, architecture: curvedGan, sizes: SIZES };

type Compiled = Exclude<EngineName, 'eager'>;

async function withGan<T>(
  name: Compiled,
  changes: Partial<GanSpec>,
  body: (gan: Gan, engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await startEngine(name, { threads: 1 });
  try {
    return await body(buildGan(engine, { ...SPEC, ...changes }, createRng('networks')), engine);
  } finally {
    await engine.dispose();
  }
}

/** All numbers of both networks. */
async function stateOf(gan: Gan): Promise<number[]> {
  const networks = [gan.generatorParameters, gan.discriminatorParameters];
  const states = await Promise.all(networks.map((store) => readNetwork(gan.engine, store)));
  return states.flatMap((tensors) => [...tensors.values()].flatMap(({ data }) => Array.from(data, Number)));
}

/** Two steps on made-up images, by the runner; the values of the last. */
const twoSteps = (
  name: Compiled,
  changes: Partial<GanSpec>,
): Promise<{ values: StepValues; state: number[] }> =>
  withGan(name, changes, async (gan) => {
    const runner = new StepRunner(gan, createRng('run'));
    const images = createRng('images');
    let values: StepValues | undefined;
    for (let step = 1; step <= 2; step++) {
      for (let update = 1; update <= (changes.discriminatorSteps ?? 1); update++) {
        const draws = images.split(`${step}/${update}`).uniforms(BATCH * 8 * 8 * 3);
        const pixels = Uint8Array.from(draws, (x) => 256 * x);
        const batch = { step, update, epoch: 1, indices: new Uint32Array(BATCH), pixels };
        values = (await runner.run([batch]))[0]?.values;
      }
    }
    return { values: values!, state: await stateOf(gan) };
  });

/** Absolute for small numbers, relative for large ones. */
const largestDifference = (a: readonly number[], b: readonly number[]): number => {
  expect(a.length).toBe(b.length);
  const differences = a.map((value, i) => Math.abs(value - b[i]!) / Math.max(1, Math.abs(value)));
  return Math.max(...differences);
};

const TECHNIQUES: Readonly<Record<string, Partial<GanSpec>>> = {
  R1: { r1: 2 },
  colours: { diffAugment: ['color'] },
  translation: { diffAugment: ['translation'] },
  cutout: { diffAugment: ['cutout'] },
  'three updates of the discriminator': { discriminatorSteps: 3 },
  'Adam without a first moment': { beta1: 0, beta2: 0.9 },
  'all of them, and a penalty': {
    r1: 2,
    diffAugment: ['color', 'translation', 'cutout'],
    discriminatorSteps: 2,
    objective: penalised,
    beta1: 0,
    beta2: 0.9,
  },
};

describe.each(Object.entries(TECHNIQUES))('a step with %s', (_what, changes) => {
  it('is the same compiled and eagerly, and not what it is without', async () => {
    const compiled = await twoSteps('onnx', changes);
    const eager = await twoSteps('cpu', changes);
    expect(largestDifference(compiled.state, eager.state)).toBeLessThan(2e-5);
    expect(largestDifference(Object.values(compiled.values), Object.values(eager.values))).toBeLessThan(2e-5);
    const plain = await twoSteps('onnx', {});
    expect(largestDifference(compiled.state, plain.state)).toBeGreaterThan(1e-3);
  });
});

describe('the updates of a step', () => {
  it('are the discriminator’s and the generator’s one after the other', async () => {
    const changes: Partial<GanSpec> = { r1: 1, diffAugment: ['color', 'cutout'], objective: penalised };
    const trained = (names: readonly ('both' | 'discriminator' | 'generator')[]): Promise<number[]> =>
      withGan('onnx', changes, async (gan, engine) => {
        const rng = createRng('inputs');
        const real = rng.uniforms(BATCH * 8 * 8 * 3);
        for (const name of names) {
          const { step, inputs } = gan.updates[name];
          const program = await engine.compile(step, inputs(BATCH));
          const given: Record<string, Values> = name === 'generator' ? {} : { real };
          await program.run({ ...given, ...drawInputs(inputs(BATCH), rng) });
        }
        return stateOf(gan);
      });
    const apart = await trained(['discriminator', 'generator']);
    expect(largestDifference(apart, await trained(['both']))).toBeLessThan(1e-6);
  });

  it('draw by name: a technique more leaves the latents as they are', () => {
    const rng = createRng(1);
    return withGan('onnx', { objective: penalised, diffAugment: ['color'] }, async (gan) => {
      const drawn = drawInputs(gan.updates.both.inputs(3), rng);
      expect(Object.keys(drawn)).toEqual([
        'latent',
        'mix',
        'diff-augment/real/color',
        'diff-augment/fake/color',
        'diff-augment/generator/color',
      ]);
      expect(drawn['latent']).toEqual(rng.split('latent').normals(6));
      expect(drawn['mix']).toEqual(rng.split('mix').uniforms(3));
      await Promise.resolve();
    });
  });
});
