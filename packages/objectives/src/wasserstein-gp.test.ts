import * as tf from '@tensorflow/tfjs-core';
import { runOnce, withEngine } from '@medgan/testing';
import { describe, expect, it } from 'vitest';
import { lossAndGradient } from '../test/loss-and-gradient.ts';
import wassersteinGp from './wasserstein-gp.ts';

/**
 * 10 · mean (‖∇D(x̂)‖ − 1)² by torch.autograd.grad with create_graph, PyTorch 1.13, float32, for a discriminator of one
 * 2×2 convolution with stride 2, tanh, and a linear head: the penalty, its gradient by the filter [3, 1, 2, 2] and by
 * the head [12].
 */
const TORCH = {
  penalty: 20.488977432250977,
  filter: [
    -12.99091, 16.37862, 5.951216, -17.2909, 9.013381, 19.66234, -15.83935, -8.332449, 7.873665, -17.87461,
    -2.621336, 23.056,
  ],
  head: [
    17.52905, 11.0666, 1.707057, 6.957195, 14.72189, 18.56554, -12.57151, -0.2458513, 11.86375, -16.45907,
    -14.93847, -9.371655,
  ],
};

/** float32(sin(1.7 i + phase)). */
const wave = (count: number, phase: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(1.7 * i + phase));

const labels = { real: 1, fake: 0, generator: 1 };

describe.each(['onnx', 'cpu'] as const)('wasserstein-gp on %s', (engine) => {
  it('penalises as a double backward pass in PyTorch does', () =>
    withEngine(engine, async (started) => {
      const filter = started.variable({ name: 'filter', shape: [2, 2, 1, 3], values: wave(12, 0.3) });
      const head = started.variable({ name: 'head', shape: [12, 1], values: wave(12, 0.6) });
      const discriminate = (images: tf.Tensor4D): tf.Tensor => {
        const maps = tf.tanh(tf.conv2d(images, filter as tf.Tensor4D, 2, 'valid'));
        return tf.reshape(tf.matMul(tf.reshape(maps, [-1, 12]), head as tf.Tensor2D), [-1]);
      };
      const out = await runOnce(
        started,
        (inputs) => {
          const { real, fake, mix } = inputs as Record<'real' | 'fake' | 'mix', tf.Tensor4D>;
          const { value, grads } = tf.variableGrads(
            () => wassersteinGp.penalty!({ real, fake, mix, discriminate }, { penalty: 10 }) as tf.Scalar,
            [filter, head],
          );
          return { value, filter: tf.transpose(grads[filter.name]!, [3, 2, 0, 1]), head: grads[head.name]! };
        },
        {
          real: { shape: [2, 4, 4, 1], values: wave(32, 0.1) },
          fake: { shape: [2, 4, 4, 1], values: wave(32, 1.9) },
          mix: { shape: [2, 1, 1, 1], values: Float32Array.of(0.25, 0.7) },
        },
      );
      expect(out['value']![0]).toBeCloseTo(TORCH.penalty, 3);
      TORCH.filter.forEach((slope, i) => expect(out['filter']![i]).toBeCloseTo(slope, 3));
      TORCH.head.forEach((slope, i) => expect(out['head']![i]).toBeCloseTo(slope, 3));
    }));

  it('is the difference of the means', async () => {
    const real = [1, 2, 6];
    const { loss, gradient } = await lossAndGradient(engine, [-1, 0, 2.5], (fake) =>
      wassersteinGp.discriminatorLoss({ real: tf.tensor1d(real), fake }, labels, { penalty: 10 }),
    );
    expect(loss).toBeCloseTo(0.5 - 3, 6);
    gradient.forEach((slope) => expect(slope).toBeCloseTo(1 / 3, 6));
  });
});
