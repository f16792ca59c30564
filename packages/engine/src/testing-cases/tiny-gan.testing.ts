import type { Scalar, Tensor, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Engine, InputSpec, Step } from '../engine.ts';
import { tf } from '../tf.ts';
import { f32, randomValues, uniform } from './op-case.testing.ts';

/** A GAN on 8×8 images, two convolutions per network, trained by plain gradient descent: with each kind of kernel of a real one. */
export interface TinyGan {
  readonly variables: readonly Variable[];
  readonly step: Step;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** Inputs of the n-th step. */
  feed(n: number): Record<string, Float32Array>;
}

const BATCH = 4;

export function tinyGan(engine: Engine): TinyGan {
  const next = uniform(11);
  const weight = (name: string, ...shape: number[]): Variable => {
    const values = randomValues(f32(shape, [-0.5, 0.5]), next) as Float32Array;
    return engine.variable({ name, shape, values });
  };
  const g = [weight('g0', 4, 4, 6, 5), weight('g1', 4, 4, 1, 6), weight('g.bias', 6)] as const;
  const d = [weight('d0', 4, 4, 1, 6), weight('d1', 4, 4, 6, 1), weight('d.bias', 6)] as const;
  const steps = engine.variable({ name: 'steps', shape: [], dtype: 'int32' });

  const generate = (z: Tensor): Tensor => {
    const low = tf.conv2dTranspose(z as Tensor4D, g[0] as Tensor as Tensor4D, [BATCH, 4, 4, 6], 1, 'valid');
    const mean = tf.mean(low, [0, 1, 2]);
    const deviation = tf.sqrt(tf.add(tf.mean(tf.square(tf.sub(low, mean)), [0, 1, 2]), 1e-5));
    const maps = tf.relu(tf.add(tf.div(tf.sub(low, mean), deviation), g[2]));
    return tf.tanh(tf.conv2dTranspose(maps as Tensor4D, g[1] as Tensor as Tensor4D, [BATCH, 8, 8, 1], 2, 'same'));
  };
  const discriminate = (x: Tensor): Tensor => {
    const maps = tf.conv2d(x as Tensor4D, d[0] as Tensor as Tensor4D, 2, 1);
    const active = tf.leakyRelu(tf.add(maps, d[2]), 0.2);
    return tf.reshape(tf.conv2d(active as Tensor4D, d[1] as Tensor as Tensor4D, 1, 'valid'), [-1]);
  };
  const descend = (loss: () => Scalar, variables: readonly Variable[]): Tensor => {
    const { value, grads } = tf.variableGrads(loss, [...variables]);
    for (const v of variables) v.assign(tf.sub(v, tf.mul(grads[v.name]!, 0.05)));
    return value;
  };
  return {
    variables: [...g, ...d, steps],
    inputs: { real: { shape: [BATCH, 8, 8, 1] }, z: { shape: [BATCH, 1, 1, 5] } },
    step: ({ real, z }) => {
      const fake = generate(z!);
      const discriminator = descend(() => {
        const onReal = tf.softplus(tf.neg(discriminate(real!)));
        return tf.mean(tf.add(onReal, tf.softplus(discriminate(fake)))) as Scalar;
      }, d);
      const generator = descend(
        () => tf.mean(tf.softplus(tf.neg(discriminate(generate(z!))))) as Scalar,
        g,
      );
      steps.assign(tf.add(steps, tf.scalar(1, 'int32')));
      return { discriminator, generator, fake };
    },
    feed(n) {
      const draw = uniform(1000 + n);
      return {
        real: randomValues(f32([BATCH, 8, 8, 1], [-1, 1]), draw) as Float32Array,
        z: randomValues(f32([BATCH, 1, 1, 5], [-1, 1]), draw) as Float32Array,
      };
    },
  };
} // prettier-ignore
