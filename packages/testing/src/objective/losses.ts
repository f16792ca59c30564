import * as tf from '@tensorflow/tfjs-core';
import type { EngineName, Values } from '@medgan/engine';
import { createRng, type Labels, type Objective } from '@medgan/plugin-api';
import { withEngine } from '../run-once.ts';

/** An objective under test, with its options parsed. */
export interface ObjectiveSubject {
  readonly objective: Objective;
  readonly options: object;
}

/** Hard labels: the real ones are 1. */
export const HARD: Labels = { real: 1, fake: 0, generator: 1 };

/** Logits of a batch of real and one of generated images, each [N]. */
export interface Logits {
  readonly real: Float32Array;
  readonly fake: Float32Array;
}

/** Both losses, and their gradients with respect to the logits. */
export interface Losses {
  readonly discriminator: number;
  readonly generator: number;
  readonly gradients: {
    /** Of the discriminator's loss. */
    readonly real: Values;
    readonly fake: Values;
    /** Of the generator's loss, with respect to the fake logits. */
    readonly generator: Values;
  };
  readonly ranks: { readonly discriminator: number; readonly generator: number };
}

/** Computes both losses for logits of one batch size. */
export type LossProgram = (logits: Logits) => Promise<Losses>;

/** How the losses are computed. */
export interface LossSettings {
  readonly engine?: Exclude<EngineName, 'eager'>;
  readonly labels?: Labels;
  readonly batch: number;
}

/** Compiles the losses once and passes them to `body`, which may run them repeatedly. */
export function withLosses<T>(
  { objective, options }: ObjectiveSubject,
  { engine: name = 'onnx', labels = HARD, batch }: LossSettings,
  body: (losses: LossProgram) => Promise<T>,
): Promise<T> {
  return withEngine(name, async (engine) => {
    let ranks = { discriminator: -1, generator: -1 };
    const program = await engine.compile(
      (inputs) => {
        const { real, fake } = inputs as { real: tf.Tensor; fake: tf.Tensor };
        const onDiscriminator = tf.valueAndGrads((r: tf.Tensor, f: tf.Tensor) =>
          objective.discriminatorLoss({ real: r, fake: f }, labels, options),
        )([real, fake]);
        const onGenerator = tf.valueAndGrad((f: tf.Tensor) => objective.generatorLoss(f, labels, options))(
          fake,
        );
        ranks = { discriminator: onDiscriminator.value.rank, generator: onGenerator.value.rank };
        return {
          discriminator: onDiscriminator.value,
          generator: onGenerator.value,
          dReal: onDiscriminator.grads[0]!,
          dFake: onDiscriminator.grads[1]!,
          gFake: onGenerator.grad,
        };
      },
      { real: { shape: [batch] }, fake: { shape: [batch] } },
    );
    return body(async ({ real, fake }) => {
      const out = await program.run({ real, fake });
      return {
        discriminator: out['discriminator']![0]!,
        generator: out['generator']![0]!,
        gradients: { real: out['dReal']!, fake: out['dFake']!, generator: out['gFake']! },
        ranks,
      };
    });
  });
}

/** The losses of one pair of batches. */
export function lossesOf(
  subject: ObjectiveSubject,
  logits: Logits,
  settings: Omit<LossSettings, 'batch'> = {},
): Promise<Losses> {
  return withLosses(subject, { ...settings, batch: logits.real.length }, (losses) => losses(logits));
}

/** Logits around `centre`, not more than `spread` away, the same ones for the same label. */
export function someLogits(count: number, { centre = 0, spread = 0.8, label = 'logits' } = {}): Logits {
  const rng = createRng(label);
  const draw = (): Float32Array => rng.uniforms(count).map((x) => centre + spread * (2 * x - 1));
  return { real: draw(), fake: draw() };
}
