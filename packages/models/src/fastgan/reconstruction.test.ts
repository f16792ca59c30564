import * as tf from '@tensorflow/tfjs-core';
import { createRng, ParameterStore } from '@medgan/plugin-api';
import { runOnce, withEngine } from '@medgan/testing';
import { describe, expect, it } from 'vitest';
import fastgan from '../fastgan.ts';
import { quarters } from './reconstruction.ts';

/** Images [N, 2, 2, 1] whose pixels are 10·image + quarter. */
const numbered = (count: number): Float32Array =>
  Float32Array.from({ length: 4 * count }, (_, i) => 10 * Math.floor(i / 4) + (i % 4));

const quartersOf = (count: number): Promise<number[]> =>
  withEngine('onnx', async (engine) => {
    const { parts } = await runOnce(engine, ({ x }) => ({ parts: quarters(x as tf.Tensor4D) }), {
      x: { shape: [count, 2, 2, 1], values: numbered(count) },
    });
    return [...parts!];
  });

describe('quarters', () => {
  it('gives each fourth of a batch another one', async () => {
    expect(await quartersOf(8)).toEqual([0, 10, 21, 31, 42, 52, 63, 73]);
  });

  it.each([
    [1, [0]],
    [3, [0, 11, 22]],
    [6, [0, 10, 21, 31, 42, 52]],
  ])('gives a quarter of every image in a batch of %i', async (count, expected) => {
    expect(await quartersOf(count)).toEqual(expected);
  });
});

describe('the reconstruction loss', () => {
  it('falls when the discriminator learns from nothing else', () =>
    withEngine('onnx', async (engine) => {
      const store = new ParameterStore(engine, createRng(1));
      const sizes = { ...fastgan.tiny, discriminatorFeatures: 4 };
      const discriminator = fastgan.discriminator(sizes, {}, store.root);
      const variables = store.trainable();
      const { imageSize } = sizes;
      const shape = [4, imageSize, imageSize, 1];
      const program = await engine.compile(
        ({ images }) => {
          const { value, grads } = tf.variableGrads(
            () => discriminator.judgeReal!(images as tf.Tensor4D, 'training').auxiliaryLoss,
            variables,
          );
          for (const variable of variables) {
            const gradient = grads[variable.name];
            if (gradient) variable.assign(tf.sub(variable, tf.mul(tf.sign(gradient), 0.01)));
          }
          return { value };
        },
        { images: { shape } },
      );
      // One grey an image: what the features must carry to the decoders is which one.
      const images = Float32Array.from(
        { length: 4 * imageSize ** 2 },
        (_, i) => Math.floor(i / imageSize ** 2) / 2 - 0.75,
      );
      const losses: number[] = [];
      for (let step = 0; step < 30; step++) losses.push((await program.run({ images }))['value']![0]!);
      await program.dispose();
      expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
    }));
});
