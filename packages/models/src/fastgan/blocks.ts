import * as tf from '@tensorflow/tfjs-core';
import {
  batchNorm,
  type BlockWidths,
  convolution,
  type ConvolutionSpec,
  doubled,
  halved,
  spectralNorm,
} from '@medgan/layers';
import type { Mode, ParameterScope } from '@medgan/plugin-api';

/** Images or feature maps in, feature maps out, NHWC. */
export type Layer = (x: tf.Tensor4D, mode: Mode) => tf.Tensor4D;

/** Pixels per side to which an excitation pools its source. */
const SEEN_SIDE = 4;
const LEAK = 0.2;

/** Kernel, stride and padding of a convolution that keeps the side, of one that halves it, and of one of 1×1. */
export const SAME = { kernel: 3, stride: 1, pad: 1 };
export const HALVING = { kernel: 4, stride: 2, pad: 1 };
export const PIXELWISE = { kernel: 1, stride: 1, pad: 0 };

/** Gated linear unit (Dauphin et al. 2017): each channel of the first half times a gate, the sigmoid of a channel of the other half. */
export function gated(x: tf.Tensor4D): tf.Tensor4D {
  const [values, gates] = tf.split(x, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
  return tf.mul(values, tf.sigmoid(gates));
}

export const leaky = (x: tf.Tensor4D): tf.Tensor4D => tf.leakyRelu(x, LEAK);

/** 3×3, batch norm, gated linear unit: `inputs` → `outputs` channels. Parameters `conv` and `norm`. */
export function gatedConvolution({ inputs, outputs }: BlockWidths, parameters: ParameterScope): Layer {
  const conv = convolution<void>({ inputs, outputs: 2 * outputs, ...SAME }, parameters.scope('conv'));
  const norm = batchNorm(2 * outputs, parameters.scope('norm'));
  return (x, mode) => gated(norm(conv(x), mode));
}

/** Doubling, then a gated convolution. */
export function upBlock(widths: BlockWidths, parameters: ParameterScope): Layer {
  const conv = gatedConvolution(widths, parameters);
  return (x, mode) => conv(doubled(x), mode);
}

/** Convolution, batch norm, leaky ReLU. Parameters `conv` and `norm`. */
export function normedConvolution(spec: ConvolutionSpec, parameters: ParameterScope): Layer {
  const conv = convolution<void>(spec, parameters.scope('conv'));
  const norm = batchNorm(spec.outputs, parameters.scope('norm'));
  return (x, mode) => leaky(norm(conv(x), mode));
}

/** Halves the side, as the mean of two branches: two convolutions, and one of the 2×2 means. Parameters `main`, `direct`. */
export function downBlock(widths: BlockWidths, parameters: ParameterScope): Layer {
  const { outputs } = widths;
  const main = parameters.scope('main');
  const first = normedConvolution({ ...widths, ...HALVING }, main.scope('0'));
  const second = normedConvolution({ inputs: outputs, outputs, ...SAME }, main.scope('1'));
  const direct = normedConvolution({ ...widths, ...PIXELWISE }, parameters.scope('direct'));
  return (x, mode) => tf.div(tf.add(second(first(x, mode), mode), direct(halved(x), mode)), 2);
}

/**
 * Skip-layer excitation (Liu et al. 2021, section 3.1): a gate for each of `outputs` channels, computed from a map of
 * `inputs` channels at another scale. [N, H, W, inputs] → [N, 1, 1, outputs] in (0, 1). Swish stands between the two
 * convolutions, as in the published networks; the paper has a leaky ReLU. Parameters `look`, `gate`.
 */
export function excitation({ inputs, outputs }: BlockWidths, parameters: ParameterScope): Layer {
  const whole = { kernel: SEEN_SIDE, stride: 1, pad: 0 };
  const look = convolution({ inputs, outputs, ...whole }, parameters.scope('look'), spectralNorm);
  const gate = convolution(
    { inputs: outputs, outputs, ...PIXELWISE },
    parameters.scope('gate'),
    spectralNorm,
  );
  return (x, mode) => {
    const window = x.shape[1] / SEEN_SIDE;
    const seen = window === 1 ? x : tf.avgPool(x, window, window, 'valid');
    const y = look(seen, mode);
    return tf.sigmoid(gate(tf.mul(y, tf.sigmoid(y)), mode));
  };
}
