import { expect, it } from 'vitest';
import type { Step } from '../engine.ts';
import { startEngine } from '../resolve.ts';
import { tf } from '../tf.ts';

it('lets go of what a step keeps for its outputs, however often it runs', async () => {
  const engine = await startEngine('cpu');
  const weight = engine.variable({ name: 'weight', shape: [2], values: Float32Array.of(1, 2) });
  const step: Step = ({ x }) => {
    let inside!: tf.Tensor;
    const { value } = tf.variableGrads(() => {
      inside = tf.keep(tf.mean(tf.mul(x!, weight)));
      return tf.square(inside) as tf.Scalar;
    }, [weight]);
    return { value, inside, again: inside, weight };
  };
  const program = await engine.compile(step, { x: { shape: [2] } });
  const run = () => program.run({ x: Float32Array.of(3, 4) });
  const first = await run();
  const { numTensors } = tf.memory();
  for (let i = 0; i < 3; i++) expect(await run()).toEqual(first);
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(first).toMatchObject({ inside: Float32Array.of(5.5), weight: Float32Array.of(1, 2) });
  await engine.dispose();
});
