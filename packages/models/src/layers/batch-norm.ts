import * as tf from '@tensorflow/tfjs-core';
import type { Mode, ParameterScope } from '@medgan/plugin-api';
import { constant, normal } from './initializers.ts';
import { checkCall, fromOne, mode as modeRule, scope, tensor } from './layer-call.ts';

const EPSILON = 1e-5;
const MOMENTUM = 0.1;
const PIXELS = [0, 1, 2];

interface Moments {
  readonly mean: tf.Tensor1D;
  /** Biased: divided by n. */
  readonly variance: tf.Tensor1D;
}

/** Mean and biased variance of each channel of x [N, H, W, C]; each reads x once. */
function momentsOf(x: tf.Tensor4D): Moments {
  const count = x.size / x.shape[3];
  const mean = tf.mean(x, PIXELS) as tf.Tensor1D;
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
  affine: { scale: tf.Tensor1D; shift: tf.Tensor1D },
  moments: Moments,
): tf.Tensor4D {
  const count = x.size / x.shape[3];
  const operation = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [input, scale, shift, save] = args as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    save([input, scale, moments.mean, moments.variance]);
    return {
      value: tf.batchNorm4d(input, moments.mean, moments.variance, shift, scale, EPSILON),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [savedX, savedScale, mean, variance] = saved as [
          tf.Tensor4D,
          tf.Tensor1D,
          tf.Tensor1D,
          tf.Tensor1D,
        ];
        const inverseDeviation = tf.rsqrt(tf.add(variance, EPSILON));
        const dShift = tf.sum(dy, PIXELS);
        const dScale = tf.mul(
          tf.sub(tf.sum(tf.mul(dy, savedX), PIXELS), tf.mul(mean, dShift)),
          inverseDeviation,
        );
        const a = tf.mul(savedScale, inverseDeviation);
        const b = tf.neg(tf.div(tf.mul(tf.mul(a, inverseDeviation), dScale), count));
        const c = tf.neg(tf.add(tf.div(tf.mul(a, dShift), count), tf.mul(b, mean)));
        return [tf.add(tf.mul(dy, a), tf.add(tf.mul(savedX, b), c)), dScale, dShift];
      },
    };
  });
  return operation(x, affine.scale, affine.shift);
}

/**
 * Batch normalisation of images [N, H, W, C] with PyTorch's semantics (Ioffe and Szegedy 2015): normalises by the
 * biased variance of the batch, keeps an unbiased running variance, momentum 0.1, ε 1e-5.
 * State: `weight`, `bias`, `running_mean`, `running_var`, `num_batches_tracked`.
 */
export function batchNorm(
  channels: number,
  parameters: ParameterScope,
): (x: tf.Tensor4D, mode: Mode) => tf.Tensor4D {
  checkCall('batchNorm(channels, parameters)', {
    channels: [channels, fromOne],
    parameters: [parameters, scope],
  });
  const shape = [channels];
  const scale = parameters.parameter('weight', { shape, init: normal(1, 0.02) }) as tf.Variable<tf.Rank.R1>;
  const shift = parameters.parameter('bias', { shape, init: constant(0) }) as tf.Variable<tf.Rank.R1>;
  const runningMean = parameters.parameter('running_mean', { shape, init: constant(0), trainable: false });
  const runningVariance = parameters.parameter('running_var', { shape, init: constant(1), trainable: false });
  const batches = parameters.counter('num_batches_tracked');

  const track = ({ mean, variance }: Moments, count: number): void => {
    const follow = (running: tf.Variable, value: tf.Tensor): void =>
      running.assign(tf.add(tf.mul(running, 1 - MOMENTUM), tf.mul(value, MOMENTUM)));
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
        EPSILON,
      );
    }
    const moments = momentsOf(x);
    if (mode === 'training') track(moments, x.size / channels);
    return normalise(x, { scale, shift }, moments);
  };
}
