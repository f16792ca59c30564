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
