import type * as tf from '@tensorflow/tfjs-core';
import { createRng, ParameterStore } from '@medgan/plugin-api';
import { runOnce, withEngine } from '@medgan/testing';
import { expect, it } from 'vitest';
import fastgan from './fastgan.ts';

// The contract runs it at 64 px, where most excitations are absent.
it.each([128, 256])('generates, judges and reconstructs at %i px', (imageSize) =>
  withEngine('onnx', async (engine) => {
    const sizes = { ...fastgan.tiny, imageSize, channels: 3 };
    const rng = createRng(1);
    const stores = [new ParameterStore(engine, rng), new ParameterStore(engine, rng)] as const;
    const generator = fastgan.generator(sizes, {}, stores[0].root);
    const discriminator = fastgan.discriminator(sizes, {}, stores[1].root);
    let shape: readonly number[] = [];
    const { logits, auxiliaryLoss } = await runOnce(
      engine,
      ({ latents }) => {
        const images = generator.apply(latents as tf.Tensor2D, 'batch-statistics');
        shape = images.shape;
        return { ...discriminator.judgeReal!(images, 'batch-statistics') };
      },
      { latents: { shape: [2, sizes.latentSize], values: rng.normals(2 * sizes.latentSize) } },
    );
    expect(shape).toEqual([2, imageSize, imageSize, 3]);
    expect(logits).toHaveLength(2);
    expect([...logits!, ...auxiliaryLoss!].every(Number.isFinite)).toBe(true);
    expect(auxiliaryLoss![0]).toBeGreaterThan(0);
  }),
);
