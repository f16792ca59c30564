import * as tf from '@tensorflow/tfjs-core';
import {
  defineArchitecture,
  defineObjective,
  imagesInMemory,
  type Clock,
  type PackedImages,
  type Rng,
} from '@medgan/plugin-api';
import type { GanSpec } from './gan.ts';
import type { RunConfig } from './run-config.ts';

const weights = (count: number, rng: Rng): Float32Array => rng.normals(count).map((x) => 0.3 * x);
const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** The smallest GAN that trains: one layer per network, 4×4 grey images. */
export const toyGan = defineArchitecture({
  name: 'toy',
  summary: 'one layer per network',
  reference: 'none',
  options: { type: 'object', additionalProperties: false, properties: {} },
  imageSizes: [4],
  defaultObjective: 'toy-least-squares',
  tiny: { imageSize: 4, channels: 1, latentSize: 2, generatorFeatures: 1, discriminatorFeatures: 1 },
  generator(sizes, _options, parameters) {
    const pixels = sizes.imageSize ** 2 * sizes.channels;
    const shape = [sizes.latentSize, pixels];
    const weight = parameters.parameter('weight', { shape, init: (s, rng) => weights(size(s), rng) });
    return {
      layers: [
        {
          name: '',
          kind: 'dense',
          output: [sizes.imageSize, sizes.imageSize, sizes.channels],
          parameters: size(shape),
        },
      ],
      apply: (latents) =>
        tf.reshape(tf.tanh(tf.matMul(latents, weight as tf.Tensor2D)), [
          -1,
          sizes.imageSize,
          sizes.imageSize,
          sizes.channels,
        ]),
    };
  },
  discriminator(sizes, _options, parameters) {
    const pixels = sizes.imageSize ** 2 * sizes.channels;
    const weight = parameters.parameter('weight', {
      shape: [pixels, 1],
      init: (s, rng) => weights(size(s), rng),
    });
    const seen = parameters.counter('seen');
    return {
      layers: [{ name: '', kind: 'dense', output: [1], parameters: pixels }],
      apply: (images, mode) => {
        if (mode === 'training') seen.assign(tf.add(seen, tf.scalar(1, 'int32')));
        return tf.reshape(tf.matMul(tf.reshape(images, [-1, pixels]), weight as tf.Tensor2D), [-1]);
      },
    };
  },
});

export const toyObjective = defineObjective({
  name: 'toy-least-squares',
  summary: 'squared distance to the labels',
  reference: 'none',
  options: { type: 'object', additionalProperties: false, properties: {} },
  usesLabels: true,
  discriminatorLoss: ({ real, fake }, labels) =>
    tf.add(tf.mean(tf.square(tf.sub(real, labels.real))), tf.mean(tf.square(tf.sub(fake, labels.fake)))),
  generatorLoss: (fake, labels) => tf.mean(tf.square(tf.sub(fake, labels.generator))),
});

const settings = {
  sizes: toyGan.tiny,
  labels: { real: 1, fake: 0, generator: 1 },
  learningRate: { generator: 0.01, discriminator: 0.01 },
  beta1: 0.5,
};

/** What a run names, for a GAN to be built. */
export const TOY_PLUGINS = {
  architecture: toyGan,
  architectureOptions: {},
  objective: toyObjective,
  objectiveOptions: {},
};

/** The toy as a GAN to be built. */
export const TOY_SPEC: GanSpec = { ...settings, ...TOY_PLUGINS };

/** The toy as a run: of ten images, nine steps. */
export const TOY_RUN: RunConfig = {
  ...settings,
  architecture: { name: 'toy', options: {} },
  objective: { name: 'toy-least-squares', options: {} },
  batchSize: 4,
  epochs: 3,
  seed: 1,
  sampleCount: 4,
  cadence: { logEvery: 2, sampleEvery: 4, checkpointEvery: 4, keepCheckpoints: 2 },
};

/** The toy as a run of 20 steps on ten images, judged every second step. */
export const TOY_JUDGED_RUN: RunConfig = {
  ...TOY_RUN,
  batchSize: 5,
  epochs: 10,
  cadence: { logEvery: 1, sampleEvery: 100, checkpointEvery: 3, keepCheckpoints: 2, evaluateEvery: 2 },
  bestMetric: 'score',
};

/** A clock that stands still. */
export const STILL: Clock = { now: () => 0, monotonic: () => 0 };

/** Grey gradients, 4×4. */
export function toyImages(count: number): PackedImages {
  return imagesInMemory({
    count,
    size: 4,
    channels: 1,
    pixels: Uint8Array.from({ length: count * 16 }, (_, i) => (i * 37) % 256),
    labels: new Uint16Array(count),
    classes: ['gradient'],
    names: Array.from({ length: count }, (_, i) => `${i}`),
    fingerprint: '0'.repeat(64),
    skipped: [],
  });
}
