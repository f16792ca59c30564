import * as tf from '@tensorflow/tfjs-core';
import type { Initializer, ParameterScope } from '@medgan/plugin-api';
import { constant, normal } from './initializers.ts';
import { aFunction, checkCall, fromOne, optional, padding, scope, tensor } from './layer-call.ts';
import { plainWeight, type WeightTransform } from './spectral-norm.ts';

/** A convolution, square kernel. */
export interface ConvolutionSpec {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  /** Pixels on each side, or TensorFlow's SAME: as many as keep ⌈size / stride⌉, the smaller half before. */
  readonly pad: number | 'same';
  /** Adds a bias [outputs] that starts from 0. Default: none. */
  readonly bias?: boolean;
  /** What the weights start from. Default: N(0, 0.02) (Radford et al. 2016). */
  readonly init?: Initializer;
}

const DCGAN_WEIGHTS = normal(0, 0.02);

/** images [N, H, W, inputs] → [N, (H + 2·pad − kernel) / stride + 1, …, outputs], or ⌈H / stride⌉ of pad 'same'; NHWC. */
export type Convolution<Mode = void> = (x: tf.Tensor4D, mode: Mode) => tf.Tensor4D;

/** A convolution. Parameter `weight`, stored [outputs, inputs, k, k]; `transform` may renormalise it. */
export function convolution<Mode>(
  spec: ConvolutionSpec,
  parameters: ParameterScope,
  transform: WeightTransform<Mode> = plainWeight,
): Convolution<Mode> {
  const { kernel, inputs, outputs, stride, pad, init = DCGAN_WEIGHTS } = spec;
  checkSpec('convolution', spec, parameters);
  checkCall('convolution(spec, parameters, transform)', { transform: [transform, aFunction] });
  const weight = transform([kernel, kernel, inputs, outputs], init, parameters);
  const shift = biasOf(spec, parameters);
  return (x, mode) => {
    checkCall('what convolution returns (x, mode)', { x: [x, tensor(4, inputs)] });
    return shift(tf.conv2d(x, weight(mode) as tf.Tensor4D, stride, pad));
  };
}

/** A transposed convolution: [N, H, W, inputs] → [N, (H − 1)·stride − 2·pad + kernel, …, outputs], NHWC. */
export function transposedConvolution(
  spec: ConvolutionSpec & { readonly pad: number },
  parameters: ParameterScope,
): Convolution {
  const { kernel, inputs, outputs, stride, pad, init = DCGAN_WEIGHTS } = spec;
  checkSpec('transposedConvolution', spec, parameters);
  const weight = plainWeight([kernel, kernel, outputs, inputs], init, parameters);
  const shift = biasOf(spec, parameters);
  return (x) => {
    checkCall('what transposedConvolution returns (x)', { x: [x, tensor(4, inputs)] });
    const [n, h, w] = x.shape;
    const grown = (size: number): number => (size - 1) * stride - 2 * pad + kernel;
    const shape: [number, number, number, number] = [n, grown(h), grown(w), outputs];
    return shift(tf.conv2dTranspose(x, weight(undefined) as tf.Tensor4D, shape, stride, pad));
  };
}

function checkSpec(name: string, spec: ConvolutionSpec, parameters: ParameterScope): void {
  const { inputs, outputs, kernel, stride, pad, init } = spec;
  checkCall(`${name}({ inputs, outputs, kernel, stride, pad }, parameters)`, {
    inputs: [inputs, fromOne],
    outputs: [outputs, fromOne],
    kernel: [kernel, fromOne],
    stride: [stride, fromOne],
    pad: [pad, padding],
    init: [init, optional(aFunction)],
    parameters: [parameters, scope],
  });
}

function biasOf(
  { bias = false, outputs }: ConvolutionSpec,
  parameters: ParameterScope,
): (x: tf.Tensor4D) => tf.Tensor4D {
  if (!bias) return (x) => x;
  const values = parameters.parameter('bias', { shape: [outputs], init: constant(0) });
  return (x) => tf.add(x, values);
}
