import * as tf from '@tensorflow/tfjs-core';
import type { Initializer, ParameterScope } from '@medgan/plugin-api';
import { constant } from './initializers.ts';
import { aFunction, checkCall, fromOne, scope, tensor } from './layer-call.ts';
import { plainWeight, type WeightTransform } from './spectral-norm.ts';

/** A fully connected layer. */
export interface LinearSpec {
  readonly inputs: number;
  readonly outputs: number;
  readonly init: Initializer;
}

/**
 * x·Wᵀ + b: [N, inputs] → [N, outputs]. Parameters `weight` [outputs, inputs] and `bias` [outputs], which starts from 0;
 * `transform` may renormalise the weight.
 */
export function linear<Mode>(
  { inputs, outputs, init }: LinearSpec,
  parameters: ParameterScope,
  transform: WeightTransform<Mode> = plainWeight,
): (x: tf.Tensor2D, mode: Mode) => tf.Tensor2D {
  checkCall('linear({ inputs, outputs, init }, parameters, transform)', {
    inputs: [inputs, fromOne],
    outputs: [outputs, fromOne],
    init: [init, aFunction],
    parameters: [parameters, scope],
    transform: [transform, aFunction],
  });
  const weight = transform([outputs, inputs], init, parameters);
  const bias = parameters.parameter('bias', { shape: [outputs], init: constant(0) });
  return (x, mode) => {
    checkCall('what linear returns (x, mode)', { x: [x, tensor(2, inputs)] });
    return tf.add(tf.matMul(x, weight(mode) as tf.Tensor2D, false, true), bias);
  };
}
