import * as tf from '@tensorflow/tfjs-core';
import type { PenaltyInputs } from '@medgan/plugin-api';

/** Keeps the square root differentiable where a gradient vanishes. */
const EPSILON = 1e-12;

/**
 * Mean of (‖∇D(x̂)‖ − 1)² over images x̂ drawn on the lines between real and generated ones by `mix` (Gulrajani et al.
 * 2017, https://arxiv.org/abs/1704.00028). Differentiating it differentiates the discriminator twice.
 */
export function gradientPenalty({ real, fake, discriminate, mix }: PenaltyInputs): tf.Scalar {
  const between = tf.add(tf.mul(real, mix), tf.mul(fake, tf.sub(1, mix))) as tf.Tensor4D;
  const gradient = tf.grad((x) => tf.sum(discriminate(x as tf.Tensor4D)))(between);
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(gradient), [1, 2, 3]), EPSILON));
  return tf.mean(tf.square(tf.sub(norm, 1)));
}
