import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { lossAndGradient } from '../test/loss-and-gradient.ts';
import leastSquares from './least-squares.ts';

const REAL = [-1.5, -0.2, 0.4, 2];
const FAKE = [-2, -0.3, 0.6, 1.5];

/** ½ (logit − label)², meaned; labels 0.9, 0.1, 0.8: PyTorch 1.13, float32. */
const TORCH = {
  discriminator: 1.90125,
  byReal: [-0.6, -0.275, -0.125, 0.275],
  byFake: [-0.525, -0.1, 0.125, 0.35],
  generator: 1.1975,
};

const labels = { real: 0.9, fake: 0.1, generator: 0.8 };

describe.each(['onnx', 'cpu'] as const)('least-squares on %s', (engine) => {
  it('has PyTorch’s losses and gradients', async () => {
    const onReal = await lossAndGradient(engine, REAL, (real) =>
      leastSquares.discriminatorLoss({ real, fake: tf.tensor1d(FAKE) }, labels, {}),
    );
    const onFake = await lossAndGradient(engine, FAKE, (fake) =>
      leastSquares.discriminatorLoss({ real: tf.tensor1d(REAL), fake }, labels, {}),
    );
    expect(onReal.loss).toBeCloseTo(TORCH.discriminator, 5);
    expect(onFake.loss).toBeCloseTo(TORCH.discriminator, 5);
    TORCH.byReal.forEach((slope, i) => expect(onReal.gradient[i]).toBeCloseTo(slope, 6));
    TORCH.byFake.forEach((slope, i) => expect(onFake.gradient[i]).toBeCloseTo(slope, 6));
    const generator = await lossAndGradient(engine, FAKE, (fake) =>
      leastSquares.generatorLoss(fake, labels, {}),
    );
    expect(generator.loss).toBeCloseTo(TORCH.generator, 5);
  });
});
