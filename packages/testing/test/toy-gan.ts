import * as tf from '@tensorflow/tfjs-core';
import {
  defineArchitecture,
  type Architecture,
  type Initializer,
  type Mode,
  type NetworkSizes,
  type ParameterScope,
} from '@medgan/plugin-api';

/** What a toy GAN can be made to get wrong. */
export type ArchitectureFault =
  | 'name'
  | 'summary'
  | 'options'
  | 'tiny size undeclared'
  | 'training defaults'
  | 'parameter twice'
  | 'miscounted layer'
  | 'no tanh'
  | 'logits [N, 1]'
  | 'latents ignored'
  | 'unused parameter'
  | 'NaN on one image'
  | 'batch statistics in evaluation'
  | 'state moves in evaluation'
  | 'state never moves'
  | 'state outside'
  | 'seed ignored'
  | 'differs by backend'
  | 'slope is a constant'
  | 'other logits on real images'
  | 'a loss a sample'
  | 'real images counted twice';

const normal: Initializer = (shape, rng) => rng.normals(shape.reduce((product, n) => product * n, 1));
const zeros: Initializer = (shape) => new Float32Array(shape.reduce((product, n) => product * n, 1));
const always: Initializer = (shape) => zeros(shape, undefined as never).map((_, i) => Math.cos(i + 1));

/** f, with a slope of 1 everywhere. */
const constantSlope = (f: (x: tf.Tensor2D) => tf.Tensor2D) =>
  tf.customGrad((x) => ({ value: f(x as tf.Tensor2D), gradFunc: () => tf.onesLike(x as tf.Tensor2D) }));

/**
 * A GAN of one linear layer a network, with a running mean, whose discriminator has a loss of its own; right in everything
 * but `fault`.
 */
export function toyGan(fault?: ArchitectureFault): Architecture {
  const weights = fault === 'seed ignored' ? always : normal;
  // What belongs into the state and is not there.
  let builds = 0;

  const centred = (parameters: ParameterScope, width: number) => {
    const running = parameters.parameter('running_mean', { shape: [width], init: zeros, trainable: false });
    const batches = parameters.counter('num_batches_tracked');
    return (x: tf.Tensor2D, mode: Mode): tf.Tensor2D => {
      const mean = tf.mean(x, 0);
      const moves = fault === 'state moves in evaluation' || mode === 'training';
      if (moves && fault !== 'state never moves') {
        running.assign(tf.add(tf.mul(running, 0.9), tf.mul(mean, 0.1)));
        batches.assign(tf.add(batches, tf.scalar(1, 'int32')));
      }
      const reads = mode === 'evaluation' && fault !== 'batch statistics in evaluation';
      // A batch of one image is centred by half of itself, not to zero.
      return tf.sub(x, tf.mul(reads ? running : mean, 0.5)) as tf.Tensor2D;
    };
  };

  const linear = (shape: [number, number], parameters: ParameterScope) => {
    const weight = parameters.parameter('weight', { shape, init: weights });
    if (fault === 'parameter twice') parameters.parameter('weight', { shape, init: weights });
    if (fault === 'unused parameter') parameters.parameter('bias', { shape: [shape[1]], init: zeros });
    return (x: tf.Tensor2D): tf.Tensor2D => tf.matMul(x, weight as tf.Tensor2D);
  };

  const extra = (width: number): number => (fault === 'unused parameter' ? width : 0);

  const generator = (sizes: NetworkSizes, _options: object, parameters: ParameterScope) => {
    const { imageSize, channels, latentSize } = sizes;
    const width = imageSize * imageSize * channels;
    const layer = linear([latentSize, width], parameters.scope('linear'));
    const centre = centred(parameters.scope('norm'), width);
    const offset = fault === 'state outside' ? ++builds : 0;
    return {
      layers: [
        {
          name: 'linear',
          kind: 'linear',
          output: [imageSize, imageSize, channels],
          parameters: latentSize * width + extra(width) + (fault === 'miscounted layer' ? 1 : 0),
        },
      ],
      apply: (latents: tf.Tensor2D, mode: Mode): tf.Tensor4D => {
        const input = fault === 'latents ignored' ? tf.onesLike(latents) : latents;
        const y = centre(tf.add(layer(input), offset) as tf.Tensor2D, mode);
        const bounded = fault === 'no tanh' ? tf.mul(y, 10) : tf.tanh(y);
        return tf.reshape(bounded, [-1, imageSize, imageSize, channels]);
      },
    };
  };

  const discriminator = (sizes: NetworkSizes, _options: object, parameters: ParameterScope) => {
    const width = sizes.imageSize * sizes.imageSize * sizes.channels;
    const layer = linear([width, 1], parameters.scope('linear'));
    const centre = centred(parameters.scope('norm'), 1);
    const apply = (images: tf.Tensor4D, mode: Mode): tf.Tensor => {
      const flat = tf.reshape(images, [-1, width]) as tf.Tensor2D;
      let y = layer(flat);
      if (fault === 'slope is a constant') y = constantSlope(layer)(flat) as tf.Tensor2D;
      if (fault === 'NaN on one image' && images.shape[0] === 1) y = tf.div(y, tf.sub(y, y));
      if (fault === 'differs by backend' && tf.getBackend() === 'cpu') y = tf.mul(y, 1.1);
      const logits = centre(y, mode);
      return fault === 'logits [N, 1]' ? logits : tf.reshape(logits, [-1]);
    };
    return {
      layers: [{ name: 'linear', kind: 'linear', output: [1], parameters: width + extra(1) }],
      apply,
      judgeReal: (images: tf.Tensor4D, mode: Mode) => {
        const logits = apply(images, mode);
        if (fault === 'real images counted twice') apply(images, mode);
        const each = tf.square(logits);
        return {
          logits: fault === 'other logits on real images' ? tf.mul(logits, 2) : logits,
          auxiliaryLoss: (fault === 'a loss a sample' ? each : tf.mean(each)) as tf.Scalar,
        };
      },
    };
  };

  return defineArchitecture({
    name: fault === 'name' ? 'Toy_GAN' : 'toy-gan',
    summary: fault === 'summary' ? '' : 'One linear layer each',
    reference: 'none, https://example.org',
    options: {
      type: 'object',
      properties: {},
      ...(fault === 'options' ? {} : { additionalProperties: false }),
    },
    imageSizes: [fault === 'tiny size undeclared' ? 8 : 4],
    defaultObjective: 'bce',
    training: { discriminatorSteps: fault === 'training defaults' ? 0 : 2 },
    tiny: { imageSize: 4, channels: 1, latentSize: 3, generatorFeatures: 1, discriminatorFeatures: 1 },
    generator,
    discriminator,
  });
}
