import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine, EngineName, Values } from '@medgan/engine';
import { createRng } from '@medgan/plugin-api';
import { assertClose, assertFinite, magnitude } from '../assertions.ts';
import type { Check } from '../check.ts';
import { withEngine } from '../run-once.ts';
import type { ObjectiveSubject } from './losses.ts';

const BATCH = 3;
const IMAGES = [BATCH, 4, 4, 1] as const;
const STEP = 1e-2;

/** A penalty on a discriminator of one convolution, tanh and a linear head, with the weights it can be moved by. */
interface PenaltyProgram {
  readonly weights: readonly { readonly name: string; readonly values: Float32Array }[];
  /** The penalty and its gradients by weight name, in stored layout. */
  readonly compute: () => Promise<{ penalty: number; gradients: Record<string, Values>; rank: number }>;
  /** Replaces a weight's values, in stored layout. */
  readonly write: (name: string, values: Float32Array) => void;
}

async function penaltyProgram(engine: Engine, subject: ObjectiveSubject): Promise<PenaltyProgram> {
  const rng = createRng('penalty');
  // The filter's stored layout is [3, 1, 2, 2]; its gradient is transposed to it below.
  const weights = [
    { name: 'filter', shape: [2, 2, 1, 3], values: rng.normals(12) },
    { name: 'head', shape: [12, 1], values: rng.normals(12) },
  ];
  const [filter, head] = weights.map((weight) => engine.variable(weight)) as [tf.Variable, tf.Variable];
  const discriminate = (images: tf.Tensor4D): tf.Tensor => {
    const maps = tf.tanh(tf.conv2d(images, filter as tf.Tensor4D, 2, 'valid'));
    return tf.reshape(tf.matMul(tf.reshape(maps, [-1, 12]), head as tf.Tensor2D), [-1]);
  };
  const pixels = (): Float32Array => rng.uniforms(BATCH * 16).map((x) => 2 * x - 1);
  const inputs = { real: pixels(), fake: pixels(), mix: rng.uniforms(BATCH) };
  let rank = -1;
  const program = await engine.compile(
    (given) => {
      const { real, fake, mix } = given as Record<'real' | 'fake' | 'mix', tf.Tensor4D>;
      const { value, grads } = tf.variableGrads(
        () => subject.objective.penalty!({ real, fake, mix, discriminate }, subject.options) as tf.Scalar,
        [filter, head],
      );
      rank = value.rank;
      const onFilter = grads[filter.name];
      const onHead = grads[head.name];
      return {
        penalty: value,
        ...(onFilter ? { filter: tf.transpose(onFilter, [3, 2, 0, 1]) } : {}),
        ...(onHead ? { head: onHead } : {}),
      };
    },
    { real: { shape: IMAGES }, fake: { shape: IMAGES }, mix: { shape: [BATCH, 1, 1, 1] } },
  );
  return {
    weights,
    compute: async () => {
      const { penalty, ...gradients } = await program.run(inputs);
      return { penalty: penalty![0]!, gradients, rank };
    },
    write: (name, values) => engine.write(name === 'filter' ? filter : head, values),
  };
}

const withPenalty = <T>(
  subject: ObjectiveSubject,
  engine: Exclude<EngineName, 'eager'>,
  body: (program: PenaltyProgram) => Promise<T>,
): Promise<T> => withEngine(engine, async (started) => body(await penaltyProgram(started, subject)));

const appliesTo = ({ objective }: ObjectiveSubject): boolean => objective.penalty !== undefined;

/** Rules about the penalty of an objective that has one. */
export const penaltyChecks: readonly Check<ObjectiveSubject>[] = [
  {
    name: 'has a penalty that is a finite scalar and never negative',
    appliesTo,
    run: (subject) =>
      withPenalty(subject, 'onnx', async ({ compute, weights, write }) => {
        for (const factor of [1, 0, 1e-3, 10]) {
          for (const { name, values } of weights)
            write(
              name,
              values.map((x) => x * factor),
            );
          const { penalty, gradients, rank } = await compute();
          const where =
            factor === 0
              ? 'where the discriminator is flat (a root has no slope at 0: add 1e-12 under it)'
              : `weights × ${factor}`;
          assert.equal(rank, 0, 'the penalty is not a scalar');
          assertFinite(`the penalty, ${where}`, [penalty]);
          assert.ok(penalty >= 0, `the penalty is ${penalty}`);
          for (const [name, gradient] of Object.entries(gradients)) {
            assertFinite(`the penalty’s gradient by ${name}, ${where}`, gradient);
          }
        }
      }),
  },
  {
    name: 'has a penalty whose gradients by the weights are its slopes',
    appliesTo,
    run: (subject) =>
      withPenalty(subject, 'onnx', async ({ compute, weights, write }) => {
        const { gradients } = await compute();
        for (const { name, values } of weights) {
          const slopes: number[] = [];
          for (let i = 0; i < values.length; i++) {
            const moved = async (by: number): Promise<number> => {
              write(
                name,
                values.map((x, j) => (i === j ? x + by : x)),
              );
              return (await compute()).penalty;
            };
            slopes.push(((await moved(STEP)) - (await moved(-STEP))) / (2 * STEP));
          }
          write(name, values);
          const gradient = gradients[name] ?? [];
          assert.ok(magnitude(gradient) > 0, `the penalty has no gradient by the ${name}`);
          assertClose(`the penalty by the ${name}`, [gradient, slopes], 5e-3);
        }
      }),
  },
  {
    name: 'computes the same penalty compiled and eagerly',
    appliesTo,
    async run(subject) {
      const compiled = await withPenalty(subject, 'onnx', ({ compute }) => compute());
      const eager = await withPenalty(subject, 'cpu', ({ compute }) => compute());
      assertClose('the penalty', [[compiled.penalty], [eager.penalty]], 1e-4);
      for (const [name, gradient] of Object.entries(compiled.gradients)) {
        assertClose(`its gradient by ${name}`, [gradient, eager.gradients[name] ?? []], 1e-3);
      }
    },
  },
];
