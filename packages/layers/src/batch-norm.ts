import * as tf from '@tensorflow/tfjs-core';
import type { Initializer, Mode, ParameterScope } from '@medgan/plugin-api';
import { constant, normal } from './initializers.ts';
import { checkCall, fromOne, mode as modeRule, scope, tensor } from './layer-call.ts';

const PIXELS = [0, 1, 2];

interface Moments {
  readonly mean: tf.Tensor1D;
  /** Biased: divided by n. */
  readonly variance: tf.Tensor1D;
}

/**
 * Mean and biased variance of each channel of x [N, H, W, C]; each reads x once, but for a variance that is `centred`: the
 * mean is subtracted before squaring.
 */
function momentsOf(x: tf.Tensor4D, centred: boolean): Moments {
  const count = x.size / x.shape[3];
  const mean = tf.mean(x, PIXELS) as tf.Tensor1D;
  if (centred) {
    const variance = tf.div(tf.sum(tf.square(tf.sub(x, mean)), PIXELS), count) as tf.Tensor1D;
    return { mean, variance };
  }
  const meanOfSquares = tf.div(tf.sum(tf.square(x), PIXELS), count);
  // Rounding can push a variance of zero below it.
  const variance = tf.maximum(tf.sub(meanOfSquares, tf.square(mean)), 0) as tf.Tensor1D;
  return { mean, variance };
}

/**
 * Batch normalisation with a gradient of its own: dx = a·dy + b·x + c with one a, b and c per channel, instead of the
 * long chain that differentiating the formula gives. `mean` and `variance` are those of x; b and c hold their part of
 * the gradient. Differentiable twice, for gradient penalties.
 */
function normalise(
  x: tf.Tensor4D,
  affine: { scale: tf.Tensor1D; shift: tf.Tensor1D; epsilon: number; centred: boolean },
  moments: Moments,
): tf.Tensor4D {
  const { epsilon, centred } = affine;
  const count = x.size / x.shape[3];
  const operation = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [input, scale, shift, save] = args as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    save([input, scale, moments.mean, moments.variance]);
    return {
      value: tf.batchNorm4d(input, moments.mean, moments.variance, shift, scale, epsilon),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [savedX, savedScale, mean, variance] = saved as [
          tf.Tensor4D,
          tf.Tensor1D,
          tf.Tensor1D,
          tf.Tensor1D,
        ];
        const inverseDeviation = tf.rsqrt(tf.add(variance, epsilon));
        const dShift = tf.sum(dy, PIXELS);
        const product = centred
          ? tf.sum(tf.mul(dy, tf.sub(savedX, mean)), PIXELS)
          : tf.sub(tf.sum(tf.mul(dy, savedX), PIXELS), tf.mul(mean, dShift));
        const dScale = tf.mul(product, inverseDeviation);
        const a = tf.mul(savedScale, inverseDeviation);
        const b = tf.neg(tf.div(tf.mul(tf.mul(a, inverseDeviation), dScale), count));
        const c = tf.neg(tf.add(tf.div(tf.mul(a, dShift), count), tf.mul(b, mean)));
        return [tf.add(tf.mul(dy, a), tf.add(tf.mul(savedX, b), c)), dScale, dShift];
      },
    };
  });
  return operation(x, affine.scale, affine.shift);
}

/** How a batch normalisation differs from PyTorch's defaults and from DCGAN's start values. */
export interface BatchNormSettings {
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
  /** Share of a batch's statistics in the running ones, PyTorch's sense. Default 0.1. */
  readonly momentum?: number;
  /**
   * Sums around the mean, which costs a reading more. Sums of raw values lose digits where a channel's mean is far from 0
   * beside its deviation, as in networks trained elsewhere. Default false.
   */
  readonly centred?: boolean;
  /** What the scales start from. Default N(1, 0.02) (Radford et al. 2016). */
  readonly init?: Initializer;
}

const DCGAN_SCALES = normal(1, 0.02);

/**
 * Batch normalisation of images [N, H, W, C] with PyTorch's semantics (Ioffe and Szegedy 2015): normalises by the
 * biased variance of the batch, keeps an unbiased running variance.
 * State: `weight`, `bias`, `running_mean`, `running_var`, `num_batches_tracked`.
 */
export function batchNorm(
  channels: number,
  parameters: ParameterScope,
  settings: BatchNormSettings = {},
): (x: tf.Tensor4D, mode: Mode) => tf.Tensor4D {
  const { epsilon = 1e-5, momentum = 0.1, centred = false, init = DCGAN_SCALES } = settings;
  checkCall('batchNorm(channels, parameters)', {
    channels: [channels, fromOne],
    parameters: [parameters, scope],
  });
  const shape = [channels];
  const scale = parameters.parameter('weight', { shape, init }) as tf.Variable<tf.Rank.R1>;
  const shift = parameters.parameter('bias', { shape, init: constant(0) }) as tf.Variable<tf.Rank.R1>;
  const runningMean = parameters.parameter('running_mean', { shape, init: constant(0), trainable: false });
  const runningVariance = parameters.parameter('running_var', { shape, init: constant(1), trainable: false });
  const batches = parameters.counter('num_batches_tracked');

  const track = ({ mean, variance }: Moments, count: number): void => {
    const follow = (running: tf.Variable, value: tf.Tensor): void =>
      running.assign(tf.add(tf.mul(running, 1 - momentum), tf.mul(value, momentum)));
    follow(runningMean, mean);
    follow(runningVariance, tf.mul(variance, count / Math.max(count - 1, 1)));
    batches.assign(tf.add(batches, tf.scalar(1, 'int32')));
  };

  return (x, mode) => {
    checkCall('what batchNorm returns (x, mode)', { x: [x, tensor(4, channels)], mode: [mode, modeRule] });
    if (mode === 'evaluation') {
      return tf.batchNorm4d(
        x,
        runningMean as tf.Tensor1D,
        runningVariance as tf.Tensor1D,
        shift,
        scale,
        epsilon,
      );
    }
    const moments = momentsOf(x, centred);
    if (mode === 'training') track(moments, x.size / channels);
    return normalise(x, { scale, shift, epsilon, centred }, moments);
  };
}
