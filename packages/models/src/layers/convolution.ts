import * as tf from '@tensorflow/tfjs-core';
import type { ParameterScope } from '@medgan/plugin-api';
import { normal } from './initializers.ts';
import type { WeightTransform } from './spectral-norm.ts';

/** A convolution without bias, square kernel. Weights start from N(0, 0.02) (Radford et al. 2016). */
export interface ConvolutionSpec {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
}

const DCGAN_WEIGHTS = normal(0, 0.02);

/** images [N, H, W, inputs] → [N, (H + 2·pad − kernel) / stride + 1, …, outputs], NHWC. */
export type Convolution<Mode = void> = (x: tf.Tensor4D, mode: Mode) => tf.Tensor4D;

/** A convolution. Parameter `weight`, stored [outputs, inputs, k, k]; `transform` may renormalise it. */
export function convolution<Mode>(
  spec: ConvolutionSpec,
  parameters: ParameterScope,
  transform?: WeightTransform<Mode>,
): Convolution<Mode> {
  const shape = [spec.kernel, spec.kernel, spec.inputs, spec.outputs] as const;
  const weight = transform ? transform(shape, DCGAN_WEIGHTS, parameters) : plainWeight(shape, parameters);
  return (x, mode) => tf.conv2d(x, weight(mode), spec.stride, spec.pad);
}

/** A transposed convolution: [N, H, W, inputs] → [N, (H − 1)·stride − 2·pad + kernel, …, outputs], NHWC. */
export function transposedConvolution(spec: ConvolutionSpec, parameters: ParameterScope): Convolution {
  const weight = plainWeight([spec.kernel, spec.kernel, spec.outputs, spec.inputs], parameters);
  return (x) => {
    const [n, h, w] = x.shape;
    const grown = (size: number): number => (size - 1) * spec.stride - 2 * spec.pad + spec.kernel;
    return tf.conv2dTranspose(x, weight(), [n, grown(h), grown(w), spec.outputs], spec.stride, spec.pad);
  };
}

function plainWeight(
  shape: readonly [number, number, number, number],
  parameters: ParameterScope,
): () => tf.Tensor4D {
  const weight = parameters.parameter('weight', { shape, init: DCGAN_WEIGHTS });
  return () => weight as tf.Tensor4D;
}
