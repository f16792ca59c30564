import * as tf from '@tensorflow/tfjs-core';
import type { EngineName } from '@medgan/engine';
import { runOnce, withEngine } from '@medgan/testing';

/** A loss of logits [N] and its gradient, on one engine. */
export function lossAndGradient(
  engine: Exclude<EngineName, 'eager'>,
  logits: readonly number[],
  loss: (logits: tf.Tensor) => tf.Tensor,
): Promise<{ loss: number; gradient: number[] }> {
  return withEngine(engine, async (started) => {
    const { value, grad } = await runOnce(started, ({ x }) => tf.valueAndGrad(loss)(x!), {
      x: { shape: [logits.length], values: Float32Array.from(logits) },
    });
    return { loss: value![0]!, gradient: Array.from(grad!) };
  });
}
