import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { lossAndGradient } from '../test/loss-and-gradient.ts';
import bce from './bce.ts';

const LOGITS = [-120, -30, -2, 0, 1.5, 30, 120];

/** F.binary_cross_entropy(torch.sigmoid(LOGITS), target), PyTorch 1.13, float32: each logit's loss, and the gradient of the mean. */
const TORCH = [
  {
    target: 1.0,
    losses: [100.0, 30.0, 2.126928, 0.6931472, 0.2014133, -0.0, -0.0],
    gradient: [-0.0, -0.01336803, -0.1258281, -0.07142857, -0.02606079, 0.0, 0.0],
  },
  {
    target: 0.9,
    losses: [90.0, 27.0, 1.926928, 0.6931472, 0.3514133, 10.0, 10.0],
    gradient: [-0.0, -0.01203123, -0.1115424, -0.05714285, -0.01177508, 0.0, 0.0],
  },
  {
    target: 0.0,
    losses: [0.0, 0.0, 0.126928, 0.6931472, 1.701413, 100.0, 100.0],
    gradient: [0.0, 1.25093e-15, 0.01702899, 0.07142857, 0.1167964, 0.0, 0.0],
  },
  {
    target: 0.1,
    losses: [10.0, 3.0, 0.326928, 0.6931472, 1.551413, 90.0, 90.0],
    gradient: [-0.0, -0.001336803, 0.002743274, 0.05714286, 0.1025106, 0.0, 0.0],
  },
];

const labels = { real: 1, fake: 0, generator: 1 };

describe.each(['onnx', 'cpu'] as const)('bce on %s', (engine) => {
  it.each(TORCH)('is BCELoss of the sigmoid, saturated logits included: target $target', async (torch) => {
    const { loss, gradient } = await lossAndGradient(engine, LOGITS, (logits) =>
      bce.generatorLoss(logits, { ...labels, generator: torch.target }, {}),
    );
    expect(loss).toBeCloseTo(torch.losses.reduce((sum, v) => sum + v, 0) / LOGITS.length, 4);
    for (const [i, expected] of torch.gradient.entries()) {
      expect(Math.abs(gradient[i]! - expected), `logit ${LOGITS[i]}`).toBeLessThanOrEqual(
        1e-5 * Math.abs(expected) + 1e-14,
      );
    }
  });

  it.each(TORCH)('costs each logit what BCELoss says: target $target', async ({ target, losses }) => {
    for (const [i, logit] of LOGITS.entries()) {
      const { loss } = await lossAndGradient(engine, [logit], (logits) =>
        bce.generatorLoss(logits, { ...labels, generator: target }, {}),
      );
      expect(Math.abs(loss - losses[i]!), `logit ${logit}`).toBeLessThanOrEqual(1e-6 * losses[i]! + 1e-7);
    }
  });

  it('smooths one side: the fake half of the loss keeps its hard label', async () => {
    const onFake = (real: number) =>
      lossAndGradient(engine, [-2, 1.5], (fake) =>
        bce.discriminatorLoss({ real: tf.zerosLike(fake), fake }, { ...labels, real }, {}),
      );
    const [hard, smooth] = [await onFake(1), await onFake(0.9)];
    expect(smooth.gradient).toEqual(hard.gradient);
    // A real logit of 0 costs log 2 whatever the label; −log(1 − σ) of −2 and 1.5 in the mean.
    expect(smooth.loss).toBeCloseTo(Math.log(2) + (0.126928 + 1.701413) / 2, 5);
  });
});
