import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, convolution, depthwiseConvolution, fanOutNormal, constant } from '@medgan/layers';
import type { Mode, ParameterScope } from '@medgan/plugin-api';
import type { BlockPlan } from './variants.ts';

/** Images or feature maps in, feature maps out, NHWC. */
export type ImageLayer = (x: tf.Tensor4D, mode: Mode) => tf.Tensor4D;

/** An activation function. */
export type Activation = (x: tf.Tensor4D) => tf.Tensor4D;

/** x · σ(x) (Ramachandran et al. 2017). */
export const swish: Activation = (x) => tf.mul(x, tf.sigmoid(x));

/** min(max(x, 0), 6) (Howard et al. 2017). */
export const relu6: Activation = (x) => tf.relu6(x);

/** Batch normalisation as TensorFlow's EfficientNet has it: ε 1e-3, momentum 0.99, which is PyTorch's 0.01. */
export const normalisation = (channels: number, parameters: ParameterScope): ImageLayer =>
  batchNorm(channels, parameters, { epsilon: 1e-3, momentum: 0.01, centred: true, init: constant(1) });

/** A convolution without bias, padded as TensorFlow's SAME. */
export const sameConvolution = (
  spec: {
    readonly inputs: number;
    readonly outputs: number;
    readonly kernel: number;
    readonly stride: number;
  },
  parameters: ParameterScope,
): ImageLayer => {
  const convolve = convolution<void>({ ...spec, pad: 'same', init: fanOutNormal() }, parameters);
  return (x) => convolve(x);
};

/** Channels of the squeeze, as a share of the block's input. */
const SQUEEZE = 0.25;

/** x scaled by channel by what a small network says of their means (Hu et al. 2018). */
function squeezeExcite(
  { channels, inputs }: { readonly channels: number; readonly inputs: number },
  parameters: ParameterScope,
): Activation {
  const squeezed = Math.max(1, Math.floor(inputs * SQUEEZE));
  const one = (from: number, to: number, name: string): ((x: tf.Tensor4D) => tf.Tensor4D) =>
    convolution<void>(
      { inputs: from, outputs: to, kernel: 1, stride: 1, pad: 0, bias: true, init: fanOutNormal() },
      parameters.scope(name),
    );
  const reduce = one(channels, squeezed, '_se_reduce');
  const expand = one(squeezed, channels, '_se_expand');
  return (x) => tf.mul(x, tf.sigmoid(expand(swish(reduce(tf.mean(x, [1, 2], true))))));
}

/** How a block is built. */
export interface BlockSpec extends BlockPlan {
  readonly activation: Activation;
  readonly squeezes: boolean;
  /** Probability that a training step leaves the block out for an image (Huang et al. 2016). */
  readonly dropConnect: number;
}

/** x [N, H, W, inputs] → [N, ⌈H / stride⌉, ⌈W / stride⌉, outputs]; `drawn` [N, 1, 1, 1] says which images leave it out. */
export type Block = (x: tf.Tensor4D, mode: Mode, drawn?: tf.Tensor) => tf.Tensor4D;

/** Whether a block adds its input to what it computes. */
export const hasShortcut = ({ stride, inputs, outputs }: BlockPlan): boolean =>
  stride === 1 && inputs === outputs;

/**
 * x where a uniform number is below the chance of keeping it, scaled so that its mean stays; `drawn` broadcasts over it.
 */
export const dropped = <T extends tf.Tensor>(x: T, rate: number, drawn: tf.Tensor): T =>
  tf.mul(x, tf.div(tf.cast(tf.less(drawn, 1 - rate), 'float32'), 1 - rate));

/**
 * An inverted bottleneck (MBConv): 1×1 expand, depthwise k×k, squeeze-and-excitation if any, 1×1 project, each normalised;
 * its input is added where it has a shortcut. Parameters `_expand_conv`, `_bn0` (where it expands), `_depthwise_conv`,
 * `_bn1`, `_se_reduce`, `_se_expand`, `_project_conv`, `_bn2`, as efficientnet_pytorch names them.
 */
export function invertedBottleneck(spec: BlockSpec, parameters: ParameterScope): Block {
  const { inputs, outputs, kernel, stride, expand, activation, squeezes, dropConnect } = spec;
  const channels = inputs * expand;
  const layers: ImageLayer[] = [];
  if (expand !== 1) {
    layers.push(
      sameConvolution({ inputs, outputs: channels, kernel: 1, stride: 1 }, parameters.scope('_expand_conv')),
      normalisation(channels, parameters.scope('_bn0')),
      activation,
    );
  }
  layers.push(
    depthwiseConvolution(
      { channels, kernel, stride, init: fanOutNormal(channels) },
      parameters.scope('_depthwise_conv'),
    ),
    normalisation(channels, parameters.scope('_bn1')),
    activation,
  );
  if (squeezes) layers.push(squeezeExcite({ channels, inputs }, parameters));
  layers.push(
    sameConvolution({ inputs: channels, outputs, kernel: 1, stride: 1 }, parameters.scope('_project_conv')),
    normalisation(outputs, parameters.scope('_bn2')),
  );
  return (x, mode, drawn) => {
    const y = layers.reduce((value, layer) => layer(value, mode), x);
    if (!hasShortcut(spec)) return y;
    return tf.add(drawn ? dropped(y, dropConnect, drawn) : y, x);
  };
}
