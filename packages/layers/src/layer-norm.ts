import * as tf from '@tensorflow/tfjs-core';
import type { ParameterScope } from '@medgan/plugin-api';
import { constant } from './initializers.ts';
import { checkCall, fromOne, scope, tensor } from './layer-call.ts';

const EPSILON = 1e-5;

/**
 * Layer normalisation of images [N, H, W, C] (Ba, Kiros, Hinton 2016, https://arxiv.org/abs/1607.06450): normalises each image by the
 * mean and biased variance of all its values, then applies one scale and one shift per channel, as torch.nn.GroupNorm(1, C).
 * No image depends on another one, which a gradient penalty needs (Gulrajani et al. 2017, section 4). Differentiable twice.
 * Parameters `weight` and `bias`, each [C].
 */
export function layerNorm(channels: number, parameters: ParameterScope): (x: tf.Tensor4D) => tf.Tensor4D {
  checkCall('layerNorm(channels, parameters)', {
    channels: [channels, fromOne],
    parameters: [parameters, scope],
  });
  const scale = parameters.parameter('weight', { shape: [channels], init: constant(1) });
  const shift = parameters.parameter('bias', { shape: [channels], init: constant(0) });
  const each = [1, 2, 3];
  return (x) => {
    checkCall('what layerNorm returns (x)', { x: [x, tensor(4, channels)] });
    const centred = tf.sub(x, tf.mean(x, each, true));
    const variance = tf.mean(tf.square(centred), each, true);
    const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON)));
    return tf.add(tf.mul(normal, scale), shift);
  };
}
