import * as tf from '@tensorflow/tfjs-core';
import type { Initializer, ParameterScope } from '@medgan/plugin-api';
import { constant, normal } from './initializers.ts';
import { plainWeight, type WeightTransform } from './spectral-norm.ts';

/** A convolution, square kernel. */
export interface ConvolutionSpec {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
  /** Adds a bias [outputs] that starts from 0. Default: none. */
  readonly bias?: boolean;
  /** What the weights start from. Default: N(0, 0.02) (Radford et al. 2016). */
  readonly init?: Initializer;
}

const DCGAN_WEIGHTS = normal(0, 0.02);

/** images [N, H, W, inputs] → [N, (H + 2·pad − kernel) / stride + 1, …, outputs], NHWC. */
export type Convolution<Mode = void> = (x: tf.Tensor4D, mode: Mode) => tf.Tensor4D;

/** A convolution. Parameter `weight`, stored [outputs, inputs, k, k]; `transform` may renormalise it. */
export function convolution<Mode>(
  spec: ConvolutionSpec,
  parameters: ParameterScope,
  transform: WeightTransform<Mode> = plainWeight,
): Convolution<Mode> {
  const { kernel, inputs, outputs, stride, pad, init = DCGAN_WEIGHTS } = spec;
  const weight = transform([kernel, kernel, inputs, outputs], init, parameters);
  const shift = biasOf(spec, parameters);
  return (x, mode) => shift(tf.conv2d(x, weight(mode) as tf.Tensor4D, stride, pad));
}

/** A transposed convolution: [N, H, W, inputs] → [N, (H − 1)·stride − 2·pad + kernel, …, outputs], NHWC. */
export function transposedConvolution(spec: ConvolutionSpec, parameters: ParameterScope): Convolution {
  const { kernel, inputs, outputs, stride, pad, init = DCGAN_WEIGHTS } = spec;
  const weight = plainWeight([kernel, kernel, outputs, inputs], init, parameters);
  const shift = biasOf(spec, parameters);
  return (x) => {
    const [n, h, w] = x.shape;
    const grown = (size: number): number => (size - 1) * stride - 2 * pad + kernel;
    const shape: [number, number, number, number] = [n, grown(h), grown(w), outputs];
    return shift(tf.conv2dTranspose(x, weight(undefined) as tf.Tensor4D, shape, stride, pad));
  };
}

function biasOf(
  { bias = false, outputs }: ConvolutionSpec,
  parameters: ParameterScope,
): (x: tf.Tensor4D) => tf.Tensor4D {
  if (!bias) return (x) => x;
  const values = parameters.parameter('bias', { shape: [outputs], init: constant(0) });
  return (x) => tf.add(x, values);
}
