import type { Initializer } from '@medgan/plugin-api';

const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** N(mean, deviation²). */
export const normal =
  (mean: number, deviation: number): Initializer =>
  (shape, rng) =>
    rng.normals(size(shape)).map((x) => mean + deviation * x);

/** One value everywhere. */
export const constant =
  (value: number): Initializer =>
  (shape) =>
    new Float32Array(size(shape)).fill(value);

/** A standard normal vector scaled to length 1. */
export const unitVector: Initializer = (shape, rng) => {
  const vector = rng.normals(size(shape));
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
};
