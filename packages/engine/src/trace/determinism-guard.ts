/* eslint-disable no-restricted-properties -- this is what keeps steps away from Math.random */
import { EngineError } from '../engine-error.ts';
import { callSite } from './call-site.ts';

/**
 * Runs `body` while `Math.random` throws: TF.js draws its random tensors (tf.randomNormal, tf.dropout, …) from it when a
 * step is traced, so a compiled step would repeat the same numbers at each call.
 */
export function withoutRandomness<T>(body: () => T): T {
  const original = Math.random;
  Math.random = () => {
    throw new EngineError(`the step draws random numbers, in ${callSite()}`, {
      cure: 'draw them from the Rng outside and pass them to the step as an input',
    });
  };
  try {
    return body();
  } finally {
    Math.random = original;
  }
}
