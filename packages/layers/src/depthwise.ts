import * as tf from '@tensorflow/tfjs-core';
import type { Initializer, ParameterScope } from '@medgan/plugin-api';
import { aFunction, checkCall, fromOne, scope, tensor } from './layer-call.ts';

/** A depthwise convolution: one square filter per channel, padded as TensorFlow's SAME. */
export interface DepthwiseSpec {
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
  /** What the weights start from; it is given the shape [channels, 1, k, k]. */
  readonly init: Initializer;
}

/**
 * A depthwise convolution without bias: [N, H, W, C] → [N, ⌈H / stride⌉, ⌈W / stride⌉, C], NHWC. Parameter `weight`,
 * stored [C, 1, k, k] as PyTorch has it; TF.js takes the same filter as [k, k, C, 1].
 */
export function depthwiseConvolution(
  { channels, kernel, stride, init }: DepthwiseSpec,
  parameters: ParameterScope,
): (x: tf.Tensor4D) => tf.Tensor4D {
  checkCall('depthwiseConvolution({ channels, kernel, stride, init }, parameters)', {
    channels: [channels, fromOne],
    kernel: [kernel, fromOne],
    stride: [stride, fromOne],
    init: [init, aFunction],
    parameters: [parameters, scope],
  });
  const weight = parameters.parameter('weight', { shape: [kernel, kernel, 1, channels], init });
  return (x) => {
    checkCall('what depthwiseConvolution returns (x)', { x: [x, tensor(4, channels)] });
    const filter = tf.transpose(weight as tf.Tensor4D, [0, 1, 3, 2]);
    return tf.depthwiseConv2d(x, filter, stride, 'same');
  };
}
