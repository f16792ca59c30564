import * as tf from '@tensorflow/tfjs-core';
import type { InputSpec, Step } from '@medgan/engine';
import type { Discriminator, Generator, Labels, NetworkSizes, Objective } from '@medgan/plugin-api';
import type { Adam } from './adam.ts';

/** What a training step is made of. */
export interface StepParts {
  readonly generator: Generator;
  readonly discriminator: Discriminator;
  readonly objective: Objective;
  readonly objectiveOptions: object;
  readonly labels: Labels;
  readonly generatorOptimizer: Adam;
  readonly discriminatorOptimizer: Adam;
}

/** Outputs of a step, in the order they are logged. */
export const STEP_OUTPUTS = [
  'loss/discriminator',
  'loss/generator',
  'prob/real',
  'prob/fake_before',
  'prob/fake_after',
] as const;

const probability = (logits: tf.Tensor): tf.Tensor => tf.mean(tf.sigmoid(logits));

/**
 * One step: D and G on one batch, as the original has it. D learns from the real and the generated images, each in a
 * forward pass of its own (batch norm sees them apart); then G learns against the updated D on the same images.
 * The generator runs once: D's step sits inside the scope that records G's gradients.
 */
export function trainingStep(parts: StepParts): Step {
  const { generator, discriminator, objective, objectiveOptions, labels } = parts;
  const judge = (images: tf.Tensor4D): tf.Tensor => discriminator.apply(images, 'training');

  const discriminatorStep = (real: tf.Tensor4D, fake: tf.Tensor4D, mix?: tf.Tensor4D) => {
    let probabilities = {
      real: undefined as tf.Tensor | undefined,
      fake: undefined as tf.Tensor | undefined,
    };
    const { value, grads } = tf.variableGrads(() => {
      const logits = { real: judge(real), fake: judge(fake) };
      probabilities = { real: tf.keep(probability(logits.real)), fake: tf.keep(probability(logits.fake)) };
      const loss = objective.discriminatorLoss(logits, labels, objectiveOptions);
      if (!objective.penalty) return loss;
      const penalty = objective.penalty({ real, fake, discriminate: judge, mix: mix! }, objectiveOptions);
      return tf.add(loss, penalty) as tf.Scalar;
    }, parts.discriminatorOptimizer.variables);
    parts.discriminatorOptimizer.apply(grads);
    return { loss: value, real: probabilities.real!, fake: probabilities.fake! };
  };

  return (inputs) => {
    const { real, latent, mix } = inputs as { real: tf.Tensor4D; latent: tf.Tensor2D; mix?: tf.Tensor4D };
    let before!: ReturnType<typeof discriminatorStep>;
    let after!: tf.Tensor;
    const { value: loss, grads } = tf.variableGrads(() => {
      const fake = generator.apply(latent, 'training');
      before = discriminatorStep(real, fake, mix);
      tf.keep(before.loss);
      const logits = judge(fake);
      after = tf.keep(probability(logits));
      return objective.generatorLoss(logits, labels, objectiveOptions);
    }, parts.generatorOptimizer.variables);
    parts.generatorOptimizer.apply(grads);
    return {
      'loss/discriminator': before.loss,
      'loss/generator': loss,
      'prob/real': before.real,
      'prob/fake_before': before.fake,
      'prob/fake_after': after,
    };
  };
}

/** The inputs of a step for one batch size. Images are NHWC in [−1, 1]. */
export function stepInputs(
  parts: Pick<StepParts, 'objective'>,
  sizes: NetworkSizes,
  batch: number,
): Record<string, InputSpec> {
  const { imageSize, channels, latentSize } = sizes;
  return {
    real: { shape: [batch, imageSize, imageSize, channels] },
    latent: { shape: [batch, latentSize] },
    ...(parts.objective.penalty ? { mix: { shape: [batch, 1, 1, 1] } } : {}),
  };
}
