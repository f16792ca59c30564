import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { lossAndGradient } from '../test/loss-and-gradient.ts';
import bce from './bce.ts';

const LOGITS = [-120, -30, -17, -10, -2, 0, 1.5, 30, 120];

/** F.binary_cross_entropy(torch.sigmoid(LOGITS), target), PyTorch 1.13, float32: each logit's loss, and the gradient of the mean. */
const TORCH = [
  {
    target: 1,
    losses: [100, 30, 17, 10.00005, 2.126928, 0.6931472, 0.2014133, 0, 0],
    gradient: [0, -0.01039736, -0.1111111, -0.1111061, -0.09786634, -0.05555556, -0.02026951, 0, 0],
  },
  {
    target: 0.9,
    losses: [90, 27, 15.3, 9.000046, 1.926928, 0.6931472, 0.3514133, 10, 10],
    gradient: [0, -0.009357624, -0.09999998, -0.09999495, -0.08675523, -0.04444444, -0.009158392, 0, 0],
  },
  {
    target: 0,
    losses: [0, 0, 5.960464e-8, 4.541977e-5, 0.126928, 0.6931472, 1.701413, 100, 100],
    gradient: [0, 9.729458e-16, 4.599931e-9, 5.044208e-6, 0.01324477, 0.05555556, 0.09084161, 0, 0],
  },
  {
    target: 0.1,
    losses: [10, 3, 1.7, 1.000046, 0.326928, 0.6931472, 1.551413, 90, 90],
    gradient: [0, -0.001039736, -0.01111111, -0.01110607, 0.002133658, 0.04444445, 0.0797305, 0, 0],
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
        1e-5 * Math.abs(expected) + 1e-20,
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
