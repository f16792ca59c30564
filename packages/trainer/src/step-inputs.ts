import type { InputSpec, Values } from '@medgan/engine';
import type { Rng } from '@medgan/plugin-api';

/**
 * An input of a step. One that is `drawn` is filled anew for every update, uniform in [0, 1) or standard normal, from a
 * stream of the input's own name: an input more or less leaves the numbers of the others as they are.
 */
export interface StepInput extends InputSpec {
  readonly drawn?: 'uniform' | 'normal';
}

/** Inputs of a step by name. */
export type StepInputs = Readonly<Record<string, StepInput>>;

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Values of the inputs that are drawn; the others are left to the caller. */
export function drawInputs(inputs: StepInputs, rng: Rng): Record<string, Values> {
  const values: Record<string, Values> = {};
  for (const [name, { shape, drawn }] of Object.entries(inputs)) {
    if (drawn === undefined) continue;
    const stream = rng.split(name);
    values[name] = drawn === 'normal' ? stream.normals(sizeOf(shape)) : stream.uniforms(sizeOf(shape));
  }
  return values;
}
