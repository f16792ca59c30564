import * as tf from '@tensorflow/tfjs-core';
import { scope, type Step } from '@medgan/engine';
import type { Discriminator, Generator, Labels, NetworkSizes, Objective } from '@medgan/plugin-api';
import type { Adam } from './adam.ts';
import type { AveragedGenerator } from './averaged-generator.ts';
import { diffAugment, diffAugmentInputs, type DiffAugmentation } from './diff-augment.ts';
import { differentiatedTwice, judgeWithR1 } from './r1.ts';
import type { StepInputs } from './step-inputs.ts';

/** What a training step is made of. */
export interface StepParts {
  readonly generator: Generator;
  readonly discriminator: Discriminator;
  readonly sizes: NetworkSizes;
  readonly objective: Objective;
  readonly objectiveOptions: object;
  readonly labels: Labels;
  /** γ of the R1 penalty on real images; absent = none. */
  readonly r1?: number;
  /** How the images are augmented wherever D sees them, in this order; absent = not. */
  readonly diffAugment?: readonly DiffAugmentation[];
  readonly generatorOptimizer: Adam;
  readonly discriminatorOptimizer: Adam;
  readonly averaged?: AveragedGenerator | undefined;
}

/** A piece of training that is compiled as one program. */
export interface Update {
  readonly step: Step;
  /** What it takes in for one batch size. Images are NHWC in [−1, 1]. */
  readonly inputs: (batch: number) => StepInputs;
}

/** The updates that a training step is put together from. */
export interface Updates {
  /** D, then G against the updated D on the same images: the generator runs once. */
  readonly both: Update;
  /** D alone. */
  readonly discriminator: Update;
  /** G alone, on latents of its own. */
  readonly generator: Update;
}

/** Outputs of a step, in the order they are logged. */
export const STEP_OUTPUTS = [
  'loss/discriminator',
  'loss/generator',
  'prob/real',
  'prob/fake_before',
  'prob/fake_after',
] as const;

/** Logged after them where the discriminator has a loss of its own; it is part of the discriminator's. */
export const AUXILIARY_LOSS = 'loss/auxiliary';

type Given = Readonly<Record<string, tf.Tensor>>;

const probability = (logits: tf.Tensor): tf.Tensor => tf.mean(tf.sigmoid(logits));

/** A loss, its gradients and what Adam makes of them: parts of their own in `medgan engine show`. */
function descend(who: string, loss: () => tf.Tensor, optimizer: Adam): tf.Scalar {
  const { value, grads } = scope(`${who}: gradients`, () =>
    tf.variableGrads(() => scope(`${who}: loss`, loss) as tf.Scalar, optimizer.variables),
  );
  scope(`${who}: Adam`, () => optimizer.apply(grads));
  return value;
}

/**
 * The updates of a GAN. D learns from the real and the generated images, each in a forward pass of its own (batch norm
 * sees them apart), as the original has it.
 */
export function ganUpdates(parts: StepParts): Updates {
  const { generator, discriminator, objective, objectiveOptions, labels, sizes, r1 } = parts;
  const policy = parts.diffAugment ?? [];
  const judge = (images: tf.Tensor4D): tf.Tensor => discriminator.apply(images, 'training');
  const generate = ({ latent }: Given): tf.Tensor4D =>
    scope('generator: images', () => generator.apply(latent as tf.Tensor2D, 'training'));

  const updateDiscriminator = (fake: tf.Tensor4D, given: Given) => {
    const real = given['real'] as tf.Tensor4D;
    const augmented = (x: tf.Tensor4D): tf.Tensor4D => diffAugment(x, { policy, use: 'real' }, given);
    const shown = { real: augmented(real), fake: diffAugment(fake, { policy, use: 'fake' }, given) };
    let probabilities!: { readonly real: tf.Tensor; readonly fake: tf.Tensor };
    let auxiliary: tf.Scalar | undefined;
    const judgeReal = (images: tf.Tensor4D): tf.Tensor =>
      scope('discriminator: real images', () => {
        const judged = discriminator.judgeReal?.(images, 'training');
        auxiliary = judged && tf.keep(judged.auxiliaryLoss);
        return judged?.logits ?? judge(images);
      });
    const loss = (): tf.Tensor => {
      // By the images as they were, through their augmentation: so have the authors of DiffAugment it.
      const regular =
        r1 === undefined
          ? undefined
          : scope('discriminator: R1', () => judgeWithR1((x) => judgeReal(augmented(x)), real, r1));
      const logits = {
        real: regular?.logits ?? judgeReal(shown.real),
        fake: scope('discriminator: generated images', () => judge(shown.fake)),
      };
      probabilities = { real: tf.keep(probability(logits.real)), fake: tf.keep(probability(logits.fake)) };
      const terms = [objective.discriminatorLoss(logits, labels, objectiveOptions)];
      if (objective.penalty) {
        const penalised = { ...shown, discriminate: judge, mix: given['mix'] as tf.Tensor4D };
        terms.push(scope('discriminator: penalty', () => objective.penalty!(penalised, objectiveOptions)));
      }
      if (auxiliary) terms.push(auxiliary);
      if (regular) terms.push(regular.penalty);
      return terms.reduce((sum, term) => tf.add(sum, term));
    };
    const value = differentiatedTwice(() => descend('discriminator', loss, parts.discriminatorOptimizer));
    return {
      'loss/discriminator': value,
      'prob/real': probabilities.real,
      'prob/fake_before': probabilities.fake,
      ...(auxiliary && { [AUXILIARY_LOSS]: auxiliary }),
    };
  };

  /** `first` is done with the generated images before D judges them. */
  const updateGenerator = (given: Given, first?: (fake: tf.Tensor4D) => void) => {
    let after!: tf.Tensor;
    const loss = (): tf.Tensor => {
      const fake = generate(given);
      first?.(fake);
      const augmented = diffAugment(fake, { policy, use: 'generator' }, given);
      const logits = scope('generator: judgement', () => judge(augmented));
      after = tf.keep(probability(logits));
      return objective.generatorLoss(logits, labels, objectiveOptions);
    };
    const value = descend('generator', loss, parts.generatorOptimizer);
    if (parts.averaged) scope('generator: average', () => parts.averaged!.update());
    return { 'loss/generator': value, 'prob/fake_after': after };
  };

  const { imageSize, channels, latentSize } = sizes;
  const latents = (batch: number): StepInputs => ({
    latent: { shape: [batch, latentSize], drawn: 'normal' },
  });
  const discriminatorInputs = (batch: number): StepInputs => ({
    real: { shape: [batch, imageSize, imageSize, channels] },
    ...latents(batch),
    ...(objective.penalty ? { mix: { shape: [batch, 1, 1, 1], drawn: 'uniform' } } : {}),
    ...diffAugmentInputs({ policy, use: 'real' }, batch),
    ...diffAugmentInputs({ policy, use: 'fake' }, batch),
  });
  const generatorInputs = (batch: number): StepInputs => ({
    ...latents(batch),
    ...diffAugmentInputs({ policy, use: 'generator' }, batch),
  });

  return {
    both: {
      // D's step sits inside the scope that records G's gradients.
      step: (given) => {
        let before!: ReturnType<typeof updateDiscriminator>;
        const after = updateGenerator(given, (fake) => {
          before = updateDiscriminator(fake, given);
          tf.keep(before['loss/discriminator']);
        });
        return { ...before, ...after };
      },
      inputs: (batch) => ({ ...discriminatorInputs(batch), ...generatorInputs(batch) }),
    },
    discriminator: {
      step: (given) => updateDiscriminator(generate(given), given),
      inputs: discriminatorInputs,
    },
    generator: { step: (given) => updateGenerator(given), inputs: generatorInputs },
  };
}
