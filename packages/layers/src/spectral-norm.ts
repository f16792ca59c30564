import * as tf from '@tensorflow/tfjs-core';
import type { Initializer, Mode, ParameterScope } from '@medgan/plugin-api';
import { unitVector } from './initializers.ts';

/** A weight in TF.js layout: of a convolution [kh, kw, in, out], or of a linear layer [out, in]. */
type WeightShape = readonly [number, number, number, number] | readonly [number, number];

/** Makes a layer's weight parameters and returns the weight to use in a forward pass. */
export type WeightTransform<M> = (
  shape: WeightShape,
  init: Initializer,
  parameters: ParameterScope,
) => (mode: M) => tf.Tensor;

/** The weight as it is trained: parameter `weight`. */
export const plainWeight: WeightTransform<unknown> = (shape, init, parameters) => {
  const weight = parameters.parameter('weight', { shape, init });
  return () => weight;
};

const EPSILON = 1e-12;

/** x / max(‖x‖, ε). */
const normalised = (x: tf.Tensor2D): tf.Tensor2D =>
  tf.div(x, tf.maximum(tf.sqrt(tf.sum(tf.square(x))), EPSILON));

/**
 * The largest singular value of `matrix` [out, rest], by one power iteration from the saved u and v. As in
 * torch.nn.utils.spectral_norm, the gradient takes u and v as constants, but not σ = uᵀWv: dσ/dW = u vᵀ.
 */
function singularValue(
  matrix: tf.Tensor2D,
  state: { u: tf.Variable; v: tf.Variable; iterate: boolean },
): tf.Scalar {
  const [out, rest] = matrix.shape;
  const estimate = tf.customGrad((w: tf.Tensor | tf.GradSaveFunc, save: tf.Tensor | tf.GradSaveFunc) => {
    const m = w as tf.Tensor2D;
    let u = tf.reshape(state.u, [out, 1]) as tf.Tensor2D;
    let v = tf.reshape(state.v, [rest, 1]) as tf.Tensor2D;
    if (state.iterate) {
      v = normalised(tf.matMul(m, u, true));
      u = normalised(tf.matMul(m, v));
      state.u.assign(tf.reshape(u, [out]));
      state.v.assign(tf.reshape(v, [rest]));
    }
    (save as tf.GradSaveFunc)([u, v]);
    return {
      value: tf.reshape(tf.matMul(u, tf.matMul(m, v), true), []),
      gradFunc: (dy: tf.Tensor, [savedU, savedV]: tf.Tensor[]) =>
        tf.mul(dy, tf.matMul(savedU as tf.Tensor2D, savedV as tf.Tensor2D, false, true)),
    };
  });
  return estimate(matrix) as tf.Scalar;
}

/**
 * Spectral normalisation of a weight (Miyato et al. 2018, https://arxiv.org/abs/1802.05957), equal to
 * torch.nn.utils.spectral_norm with dim 0 and one power iteration per training forward pass. State `weight_u` [out] and
 * `weight_v` [in·k·k] is saved; parameter `weight_orig` is trained.
 */
export const spectralNorm: WeightTransform<Mode> = (shape, init, parameters) => {
  const isLinear = shape.length === 2;
  const outputs = isLinear ? shape[0] : shape[3];
  const rest = isLinear ? shape[1] : shape[0] * shape[1] * shape[2];
  const weight = parameters.parameter('weight_orig', { shape, init });
  const u = parameters.parameter('weight_u', { shape: [outputs], init: unitVector, trainable: false });
  const v = parameters.parameter('weight_v', { shape: [rest], init: unitVector, trainable: false });
  const rows = (): tf.Tensor => (isLinear ? weight : tf.transpose(weight, [3, 2, 0, 1]));
  return (mode) => {
    const matrix = tf.reshape(rows(), [outputs, rest]) as tf.Tensor2D;
    return tf.div(weight, singularValue(matrix, { u, v, iterate: mode === 'training' }));
  };
};
