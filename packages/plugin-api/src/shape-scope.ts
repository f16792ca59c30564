import type { Variable } from '@tensorflow/tfjs-core';
import type { ParameterScope } from './architecture.ts';

/** A parameter of a network that is described, not built. */
export interface ParameterShape {
  readonly name: string;
  /** TF.js shape. */
  readonly shape: readonly number[];
  readonly trainable: boolean;
}

/**
 * A scope that notes shapes and allocates nothing: for listing a network of any size. The networks made in it can be
 * looked at, not applied.
 */
export function shapeScope(notes: ParameterShape[], prefix = ''): ParameterScope {
  const nothing = {} as Variable;
  return {
    scope: (name) => shapeScope(notes, `${prefix}${name}.`),
    parameter(name, { shape, trainable = true }) {
      notes.push({ name: `${prefix}${name}`, shape, trainable });
      return nothing;
    },
    counter(name) {
      notes.push({ name: `${prefix}${name}`, shape: [], trainable: false });
      return nothing;
    },
  };
}
