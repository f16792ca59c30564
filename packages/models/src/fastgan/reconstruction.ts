import * as tf from '@tensorflow/tfjs-core';
import { convolution, halved, spectralNorm } from '@medgan/layers';
import type { Mode, ParameterScope } from '@medgan/plugin-api';
import { SAME, upBlock, type Layer } from './blocks.ts';
import type { Features } from './features.ts';

/** Sizes of a discriminator's decoders. */
export interface ReconstructionSpec {
  /** Channels of the images. */
  readonly channels: number;
  /** Pixels per side of the maps that are decoded, and of the decoded images. */
  readonly from: number;
  readonly to: number;
  /** Channels of the feature maps. */
  readonly inputs: Readonly<Record<keyof Features, number>>;
  /** Channels of `multiple` base widths. */
  readonly width: (multiple: number) => number;
}

/** Channels per side of a map, in base widths of the discriminator, as in the published decoders. */
const WIDTHS: Readonly<Record<number, number>> = { 16: 2, 32: 1, 64: 1, 128: 0.5 };

/** Gated blocks from [N, from, from, inputs], 3×3, tanh → [N, to, to, channels]. */
function decoder(
  { channels, from, to, width }: ReconstructionSpec,
  inputs: number,
  parameters: ParameterScope,
): Layer {
  const blocks: Layer[] = [];
  let last = inputs;
  for (let side = 2 * from; side <= to; side *= 2) {
    const outputs = width(WIDTHS[side]!);
    blocks.push(upBlock({ inputs: last, outputs }, parameters.scope(`up${side}`)));
    last = outputs;
  }
  const image = convolution(
    { inputs: last, outputs: channels, ...SAME },
    parameters.scope('image'),
    spectralNorm,
  );
  return (x, mode) =>
    tf.tanh(
      image(
        blocks.reduce((y, block) => block(y, mode), x),
        mode,
      ),
    );
}

/**
 * A quarter of each image, [N, H, W, C] → [N, H/2, W/2, C]: the upper left quarter of the first
 * fourth of the batch, the upper right quarter of the next, and so on. Batches are drawn in random order, so that over time
 * each quarter of each image is used.
 */
export function quarters(x: tf.Tensor4D): tf.Tensor4D {
  const [count, height, width, channels] = x.shape;
  const [high, wide] = [height / 2, width / 2];
  const group = Math.ceil(count / 4);
  const parts: tf.Tensor4D[] = [];
  for (let at = 0; at < count; at += group) {
    const [row, column] = [parts.length >> 1, parts.length & 1];
    const size = Math.min(group, count - at);
    parts.push(tf.slice(x, [at, row * high, column * wide, 0], [size, high, wide, channels]));
  }
  return parts.length === 1 ? parts[0]! : tf.concat(parts, 0);
}

/**
 * The autoencoding loss (Liu et al. 2021, section 3.2): the error of the images that the decoders make from the features,
 * as the sum of three mean absolute differences: the halved image decoded from the features of the whole image, a quarter
 * of the image from the features of that quarter, and the halved image from the features of the halved image.
 */
export function reconstruction(
  spec: ReconstructionSpec,
  parameters: ParameterScope,
): (images: tf.Tensor4D, features: Features, mode: Mode) => tf.Scalar {
  const whole = decoder(spec, spec.inputs.last, parameters.scope('whole'));
  const part = decoder(spec, spec.inputs.middle, parameters.scope('part'));
  const small = decoder(spec, spec.inputs.small, parameters.scope('small'));
  const miss = (decoded: tf.Tensor, wanted: tf.Tensor): tf.Tensor => tf.mean(tf.abs(tf.sub(decoded, wanted)));
  return (images, features, mode) => {
    const halfSize = halved(images);
    return tf.addN([
      miss(whole(features.last, mode), halfSize),
      miss(part(quarters(features.middle), mode), quarters(images)),
      miss(small(features.small, mode), halfSize),
    ]) as tf.Scalar;
  };
}
