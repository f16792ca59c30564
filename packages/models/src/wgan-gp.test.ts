import type * as tf from '@tensorflow/tfjs-core';
import { createRng, ParameterStore } from '@medgan/plugin-api';
import { runOnce, withEngine } from '@medgan/testing';
import { expect, it } from 'vitest';
import wganGp from './wgan-gp.ts';

it('judges an image alone in training too, as a gradient penalty needs', () =>
  withEngine('onnx', async (engine) => {
    const store = new ParameterStore(engine, createRng(1));
    const { imageSize, channels } = wganGp.tiny;
    const critic = wganGp.discriminator(wganGp.tiny, {}, store.root);
    const one = createRng('one').uniforms(imageSize ** 2 * channels);
    const beside = async (label: string): Promise<number> => {
      const other = createRng(label).uniforms(one.length);
      const { logits } = await runOnce(
        engine,
        ({ images }) => ({ logits: critic.apply(images as tf.Tensor4D, 'training') }),
        {
          images: {
            shape: [2, imageSize, imageSize, channels],
            values: Float32Array.from([...one, ...other]),
          },
        },
      );
      return logits![0]!;
    };
    expect(await beside('a')).toBeCloseTo(await beside('b'), 6);
  }));
