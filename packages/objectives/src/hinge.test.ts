import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { lossAndGradient } from '../test/loss-and-gradient.ts';
import hinge from './hinge.ts';

const REAL = [-1.5, -0.2, 0.4, 2];
const FAKE = [-2, -0.3, 0.6, 1.5];

/** relu(1 − real) and relu(1 + fake), meaned: PyTorch 1.13, float32. */
const TORCH = {
  discriminator: 2.275,
  byReal: [-0.25, -0.25, -0.25, -0.0],
  byFake: [0.0, 0.25, 0.25, 0.25],
  generator: 0.05,
};

const labels = { real: 0.9, fake: 0.1, generator: 0.8 };

describe.each(['onnx', 'cpu'] as const)('hinge on %s', (engine) => {
  it('has PyTorch’s losses and gradients', async () => {
    const onReal = await lossAndGradient(engine, REAL, (real) =>
      hinge.discriminatorLoss({ real, fake: tf.tensor1d(FAKE) }, labels, {}),
    );
    const onFake = await lossAndGradient(engine, FAKE, (fake) =>
      hinge.discriminatorLoss({ real: tf.tensor1d(REAL), fake }, labels, {}),
    );
    expect(onReal.loss).toBeCloseTo(TORCH.discriminator, 5);
    expect(onFake.loss).toBeCloseTo(TORCH.discriminator, 5);
    TORCH.byReal.forEach((slope, i) => expect(onReal.gradient[i]).toBeCloseTo(slope, 6));
    TORCH.byFake.forEach((slope, i) => expect(onFake.gradient[i]).toBeCloseTo(slope, 6));
    const generator = await lossAndGradient(engine, FAKE, (fake) => hinge.generatorLoss(fake, labels, {}));
    expect(generator.loss).toBeCloseTo(TORCH.generator, 5);
  });
});
