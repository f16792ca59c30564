import assert from 'node:assert/strict';
import type * as tf from '@tensorflow/tfjs-core';
import type { Mode, RealJudgement } from '@medgan/plugin-api';
import { assertClose, assertFinite } from '../assertions.ts';
import type { Check } from '../check.ts';
import { runOnce } from '../run-once.ts';
import { readState, tinyInputs, withTinyGan, type ArchitectureSubject, type TinyGan } from './tiny-gan.ts';

const BATCH = 3;
/** Largest difference between two graphs of the same numbers in float32, relative to them. */
const SAME_NUMBERS = 1e-5;

type JudgeReal = (images: tf.Tensor4D, mode: Mode) => RealJudgement;

/** Runs `body` on a discriminator that has a loss of its own; the rules do not apply to others. */
const whereDeclared = (
  subject: ArchitectureSubject,
  body: (gan: TinyGan, judgeReal: JudgeReal) => Promise<void>,
): Promise<void> =>
  withTinyGan(subject, {}, async (gan) => {
    const { discriminator } = gan;
    if (discriminator.judgeReal) await body(gan, discriminator.judgeReal.bind(discriminator));
  });

/** Rules about the loss that a discriminator may have of its own. */
export const realChecks: readonly Check<ArchitectureSubject>[] = [
  {
    name: 'judges real images by judgeReal as by apply, and has a finite scalar loss on them',
    run: (subject) =>
      whereDeclared(subject, async (gan, judgeReal) => {
        const { images } = tinyInputs(gan, BATCH);
        for (const mode of ['evaluation', 'batch-statistics'] as const) {
          let shape: readonly number[] = [];
          const { logits, usual, auxiliaryLoss } = await runOnce(
            gan.engine,
            (given) => {
              const real = given['images'] as tf.Tensor4D;
              const judged = judgeReal(real, mode);
              shape = judged.auxiliaryLoss.shape;
              return { ...judged, usual: gan.discriminator.apply(real, mode) };
            },
            { images },
          );
          assertClose(`logits of judgeReal and apply in ${mode}`, [logits!, usual!], SAME_NUMBERS);
          assert.deepEqual(shape, [], `the auxiliary loss has the shape [${shape.join(', ')}] in ${mode}`);
          assertFinite(`auxiliary loss in ${mode}`, auxiliaryLoss!);
        }
      }),
  },
  {
    name: 'moves its state by judgeReal in training mode as by apply, once',
    run: (subject) =>
      whereDeclared(subject, async (gan, judgeReal) => {
        const { images } = tinyInputs(gan, BATCH);
        const before = await readState(gan);
        await runOnce(gan.engine, (given) => ({ ...judgeReal(given['images'] as tf.Tensor4D, 'training') }), {
          images,
        });
        const byJudgeReal = await readState(gan);
        await withTinyGan(subject, {}, async (other) => {
          await runOnce(
            other.engine,
            (given) => ({ logits: other.discriminator.apply(given['images'] as tf.Tensor4D, 'training') }),
            { images },
          );
          for (const [name, values] of await readState(other)) {
            // State that `apply` does not change may belong to the loss.
            if (values.every((value, i) => value === before.get(name)![i])) continue;
            assertClose(
              `${name} after judgeReal and after apply`,
              [byJudgeReal.get(name)!, values],
              SAME_NUMBERS,
            );
          }
        });
      }),
  },
];
