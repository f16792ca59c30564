import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Engine, Step } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { tf } from './tf.ts';

/**
 * Losses before and after one update of the network below. The second depends on every gradient. probe.test.ts
 * computes both in plain loops.
 */
export const PROBE_LOSSES = [7.228759765625, 3.3922402] as const;

/** Relative error that passes. A GPU may multiply in TF32, which keeps 10 bits of a value. */
const TOLERANCE = 1e-2;

/** Values in steps of a quarter, between −1/2 and 1/2: [kh, kw, …] filters and NHWC images of the probe. */
export const probeValues = (size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => (((i * 7) % 5) - 2) / 4);

/**
 * Trains two filters for one step, and computes the loss twice: a convolution with padding and strides, as a
 * discriminator has, a transposed one, as a generator has, and the gradients of both. A device that cannot do that,
 * or does it wrongly, is found before any work starts.
 *
 * @throws EngineError when the losses are wrong, and whatever the engine throws.
 */
export async function probeTraining(engine: Engine): Promise<void> {
  const filter = (name: string) => engine.variable({ name, shape: [4, 4, 1, 2], values: probeValues(32) });
  const [down, up] = [filter('probe.down'), filter('probe.up')];
  const step: Step = ({ x }) => {
    const { value, grads } = tf.variableGrads(() => {
      const maps = tf.conv2d(x as Tensor4D, down as Tensor as Tensor4D, 2, 1);
      const y = tf.conv2dTranspose(maps, up as Tensor as Tensor4D, [2, 4, 4, 1], 2, 1);
      return tf.sum(tf.square(tf.sub(y, x!)));
    }, [down, up]);
    for (const variable of [down, up]) {
      variable.assign(tf.sub(variable, tf.mul(grads[variable.name]!, 1 / 64)));
    }
    return { loss: value };
  };
  const program = await engine.compile(step, { x: { shape: [2, 4, 4, 1] } });
  const inputs = { x: probeValues(32) };
  for (const expected of PROBE_LOSSES) {
    const loss = (await program.run(inputs))['loss']![0]!;
    if (!(Math.abs(loss - expected) <= TOLERANCE * expected)) {
      throw new EngineError(
        `${engine.name} computes wrongly on ${engine.device}: a loss of ${loss} in a training step of two convolutions, ` +
          `where ${expected} is right`,
        { cure: 'choose another engine, and report this with the output of medgan doctor --json' },
      );
    }
  }
  await program.dispose();
}
