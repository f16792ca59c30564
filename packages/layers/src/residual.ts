import * as tf from '@tensorflow/tfjs-core';
import type { Mode, ParameterScope } from '@medgan/plugin-api';
import { batchNorm } from './batch-norm.ts';
import { convolution, type ConvolutionSpec } from './convolution.ts';
import { xavierUniform } from './initializers.ts';
import { checkCall, fromOne, scope } from './layer-call.ts';
import { layerNorm } from './layer-norm.ts';
import { doubled, halved } from './resample.ts';
import { spectralNorm } from './spectral-norm.ts';

/** A residual block: the sum of a function of x and a shortcut of x. */
export interface ResidualBlock {
  /** x [N, H, W, C] → the block's output, NHWC; its side depends on the kind of block. */
  readonly apply: (x: tf.Tensor4D, mode: Mode) => tf.Tensor4D;
  /** Number of trainable values. */
  readonly parameters: number;
}

/** Channels in and out of a block. */
export interface BlockWidths {
  readonly inputs: number;
  readonly outputs: number;
}

const RESIDUAL_GAIN = Math.SQRT2;

const size3 = ({ inputs, outputs }: BlockWidths): ConvolutionSpec => ({
  ...{ inputs, outputs, kernel: 3, stride: 1, pad: 1, bias: true },
  init: xavierUniform(RESIDUAL_GAIN),
});
const size1 = ({ inputs, outputs }: BlockWidths): ConvolutionSpec => ({
  ...{ inputs, outputs, kernel: 1, stride: 1, pad: 0, bias: true },
  init: xavierUniform(),
});

const checkWidths = (call: string, { inputs, outputs }: BlockWidths, parameters: ParameterScope): void =>
  checkCall(call, {
    inputs: [inputs, fromOne],
    outputs: [outputs, fromOne],
    parameters: [parameters, scope],
  });

const numbersIn = ({ inputs, outputs, kernel, bias }: ConvolutionSpec): number =>
  (kernel * kernel * inputs + (bias ? 1 : 0)) * outputs;

/**
 * A generator's block (Miyato et al. 2018, figure 8): batch norm, ReLU, doubling, 3×3, batch norm, ReLU, 3×3, plus a
 * doubled 1×1 shortcut. [N, H, W, inputs] → [N, 2H, 2W, outputs]. Parameters `b1`, `c1`, `b2`, `c2`, `c_sc`.
 */
export function upBlock(widths: BlockWidths, parameters: ParameterScope): ResidualBlock {
  const { inputs, outputs } = widths;
  checkWidths('upBlock({ inputs, outputs }, parameters)', widths, parameters);
  const [first, second, shortcut] = [size3(widths), size3({ inputs: outputs, outputs }), size1(widths)];
  const b1 = batchNorm(inputs, parameters.scope('b1'));
  const c1 = convolution<void>(first, parameters.scope('c1'));
  const b2 = batchNorm(outputs, parameters.scope('b2'));
  const c2 = convolution<void>(second, parameters.scope('c2'));
  const aside = convolution<void>(shortcut, parameters.scope('c_sc'));
  return {
    parameters: 2 * inputs + 2 * outputs + numbersIn(first) + numbersIn(second) + numbersIn(shortcut),
    apply: (x, mode) => {
      const y = c1(doubled(tf.relu(b1(x, mode))));
      const residual = c2(tf.relu(b2(y, mode)));
      // A 1×1 convolution of a doubled image is the doubled convolution, at a quarter of the work.
      return tf.add(residual, doubled(aside(x)));
    },
  };
}

/**
 * A discriminator's block, spectrally normalised, without batch norm: ReLU, 3×3, ReLU, 3×3, halving by the mean of 2×2,
 * plus a shortcut, 1×1 where the shape changes. `isFirst`: no ReLU on the image itself. Parameters `c1`, `c2`,
 * `c_sc`.
 */
export function downBlock(
  { isFirst, halves, ...widths }: BlockWidths & { readonly isFirst: boolean; readonly halves: boolean },
  parameters: ParameterScope,
): ResidualBlock {
  const { inputs, outputs } = widths;
  checkWidths('downBlock({ inputs, outputs, isFirst, halves }, parameters)', widths, parameters);
  const learnt = halves || inputs !== outputs;
  const [first, second, shortcut] = [size3(widths), size3({ inputs: outputs, outputs }), size1(widths)];
  const c1 = convolution(first, parameters.scope('c1'), spectralNorm);
  const c2 = convolution(second, parameters.scope('c2'), spectralNorm);
  const aside = learnt ? convolution(shortcut, parameters.scope('c_sc'), spectralNorm) : undefined;
  const reduced = halves ? halved : (x: tf.Tensor4D) => x;
  return {
    parameters: numbersIn(first) + numbersIn(second) + (aside ? numbersIn(shortcut) : 0),
    apply: (x, mode) => {
      const y = c1(isFirst ? x : tf.relu(x), mode);
      const residual = reduced(c2(tf.relu(y), mode));
      // Halving and the 1×1 convolution commute; halving first costs a quarter of the work.
      const beside = reduced(x);
      return tf.add(residual, aside ? aside(beside, mode) : beside);
    },
  };
}

/**
 * A critic's block (Gulrajani et al. 2017, figure 5 and the published networks for 64 px): layer norm, ReLU, 3×3, layer
 * norm, ReLU, 3×3, halving by the mean of 2×2, plus a halved 1×1 shortcut. [N, H, W, inputs] → [N, H/2, W/2, outputs].
 * Parameters `n1`, `c1`, `n2`, `c2`, `c_sc`.
 */
export function criticBlock(widths: BlockWidths, parameters: ParameterScope): ResidualBlock {
  const { inputs } = widths;
  const first = { ...size3({ inputs, outputs: inputs }), bias: false };
  const [second, shortcut] = [size3(widths), size1(widths)];
  const n1 = layerNorm(inputs, parameters.scope('n1'));
  const c1 = convolution<void>(first, parameters.scope('c1'));
  const n2 = layerNorm(inputs, parameters.scope('n2'));
  const c2 = convolution<void>(second, parameters.scope('c2'));
  const aside = convolution<void>(shortcut, parameters.scope('c_sc'));
  return {
    parameters: 4 * inputs + numbersIn(first) + numbersIn(second) + numbersIn(shortcut),
    apply: (x) => {
      const y = c1(tf.relu(n1(x)));
      return tf.add(halved(c2(tf.relu(n2(y)))), aside(halved(x)));
    },
  };
}
