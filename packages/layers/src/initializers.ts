import type { Initializer } from '@medgan/plugin-api';
import { checkCall, number } from './layer-call.ts';

const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** N(mean, deviation²). */
export const normal = (mean: number, deviation: number): Initializer => {
  checkCall('normal(mean, deviation)', { mean: [mean, number], deviation: [deviation, number] });
  return (shape, rng) => rng.normals(size(shape)).map((x) => mean + deviation * x);
};

/** One value everywhere. */
export const constant = (value: number): Initializer => {
  checkCall('constant(value)', { value: [value, number] });
  return (shape) => new Float32Array(size(shape)).fill(value);
};

/** A standard normal vector scaled to length 1. */
export const unitVector: Initializer = (shape, rng) => {
  const vector = rng.normals(size(shape));
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
};

/**
 * U(−b, b) with b = gain · √(6 / (fan in + fan out)) (Glorot, Bengio 2010), for weights [out, in] and [out, in, k, k],
 * as torch.nn.init.xavier_uniform_.
 */
export const xavierUniform = (gain = 1): Initializer => {
  checkCall('xavierUniform(gain)', { gain: [gain, number] });
  return (shape, rng) => {
    const [outputs, inputs, ...kernel] = shape as [number, number, ...number[]];
    const bound = gain * Math.sqrt(6 / ((inputs + outputs) * size(kernel)));
    return rng.uniforms(size(shape)).map((x) => bound * (2 * x - 1));
  };
};

/**
 * N(0, 2 / fan out) (He et al. 2015), for weights [out, in, k, k] of which each of `groups` makes out / groups channels:
 * fan out is k² · out / groups, as in TensorFlow's EfficientNet.
 */
export const fanOutNormal = (groups = 1): Initializer => {
  checkCall('fanOutNormal(groups)', { groups: [groups, number] });
  return (shape, rng) => {
    const [outputs, , ...kernel] = shape as [number, number, ...number[]];
    const deviation = Math.sqrt((2 * groups) / (outputs * size(kernel)));
    return rng.normals(size(shape)).map((x) => deviation * x);
  };
};

/** U(−b, b) with b = 1 / √out, for weights [out, in], as TensorFlow's EfficientNet has its last layer. */
export const fanOutUniform: Initializer = (shape, rng) => {
  const bound = 1 / Math.sqrt(shape[0]!);
  return rng.uniforms(size(shape)).map((x) => bound * (2 * x - 1));
};
