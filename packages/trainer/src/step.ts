import * as tf from '@tensorflow/tfjs-core';
import { scope, type Step } from '@medgan/engine';
import type { Discriminator, Generator, Labels, NetworkSizes, Objective } from '@medgan/plugin-api';
import type { Adam } from './adam.ts';
import type { AveragedNetwork } from './averaged-network.ts';
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
  /** How the images are augmented wherever D sees them, in this order. */
  readonly diffAugment: readonly DiffAugmentation[];
  readonly generatorOptimizer: Adam;
  readonly discriminatorOptimizer: Adam;
  readonly averaged?: AveragedNetwork<Generator> | undefined;
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

/** Scalars to be logged, by log key. */
type Logged = Readonly<Record<string, tf.Tensor>>;

/** A network's loss, and what is logged with it. */
interface Judgement {
  /** No shape. */
  readonly loss: tf.Tensor;
  readonly logged: Logged;
}

/** What D says of real images. */
interface RealJudgement {
  /** [N]. */
  readonly logits: tf.Tensor;
  /** No shape; of a discriminator that has a loss of its own. */
  readonly auxiliaryLoss?: tf.Scalar;
}

const probability = (logits: tf.Tensor): tf.Tensor => tf.mean(tf.sigmoid(logits));

/** Generated images [N, S, S, C] of the latents, NHWC. */
const generate = ({ generator }: StepParts, { latent }: Given): tf.Tensor4D =>
  scope('generator: images', () => generator.apply(latent as tf.Tensor2D, 'training'));

/**
 * A network's judgement and the gradients of its loss. TF.js returns the loss alone (JAX has `has_aux` for the rest), and
 * disposes of all other tensors of the judgement: those to be logged are caught and kept here.
 */
function withGradients(
  judge: () => Judgement,
  variables: tf.Variable[],
): Judgement & { readonly gradients: tf.NamedTensorMap } {
  let judged: Judgement | undefined;
  const { value: loss, grads: gradients } = tf.variableGrads(() => {
    judged = judge();
    Object.values(judged.logged).forEach((value) => tf.keep(value));
    return judged.loss as tf.Scalar;
  }, variables);
  return { loss, logged: judged!.logged, gradients };
}

/** A loss, its gradients and what Adam makes of them: parts of their own in `medgan engine show`. */
function descend(who: 'generator' | 'discriminator', optimizer: Adam, judge: () => Judgement): Logged {
  const { loss, logged, gradients } = scope(`${who}: gradients`, () =>
    withGradients(() => scope(`${who}: loss`, judge), optimizer.variables),
  );
  scope(`${who}: Adam`, () => optimizer.apply(gradients));
  return { [`loss/${who}`]: loss, ...logged };
}

/** D learns from the real and the generated images, each in a forward pass of its own: batch norm sees them apart. */
function updateDiscriminator(parts: StepParts, fake: tf.Tensor4D, given: Given): Logged {
  const { discriminator, objective, objectiveOptions, labels, r1, diffAugment: policy } = parts;
  const judge = (images: tf.Tensor4D): tf.Tensor => discriminator.apply(images, 'training');
  const real = given['real'] as tf.Tensor4D;
  const augmented = (images: tf.Tensor4D): tf.Tensor4D => diffAugment(images, { policy, use: 'real' }, given);
  const shown = { real: augmented(real), fake: diffAugment(fake, { policy, use: 'fake' }, given) };
  const judgeReal = (images: tf.Tensor4D): RealJudgement =>
    scope('discriminator: real images', () => {
      if (!discriminator.judgeReal) return { logits: judge(images) };
      const { logits, auxiliaryLoss } = discriminator.judgeReal(images, 'training');
      // It outlives the scope in which TF.js records the gradients.
      return { logits, auxiliaryLoss: tf.keep(auxiliaryLoss) };
    });
  const learn = (): Judgement => {
    // R1 is taken at the unaugmented images, differentiating through the augmentation, as DiffAugment's authors do.
    const regular =
      r1 === undefined
        ? undefined
        : scope('discriminator: R1', () => judgeWithR1((x) => judgeReal(augmented(x)), real, r1));
    const judgedReal = regular ?? judgeReal(shown.real);
    const { auxiliaryLoss } = judgedReal;
    const logits = {
      real: judgedReal.logits,
      fake: scope('discriminator: generated images', () => judge(shown.fake)),
    };
    const logged = { 'prob/real': probability(logits.real), 'prob/fake_before': probability(logits.fake) };
    const terms = [objective.discriminatorLoss(logits, labels, objectiveOptions)];
    if (objective.penalty) {
      const penalised = { ...shown, discriminate: judge, mix: given['mix'] as tf.Tensor4D };
      terms.push(scope('discriminator: penalty', () => objective.penalty!(penalised, objectiveOptions)));
    }
    if (auxiliaryLoss) terms.push(auxiliaryLoss);
    if (regular) terms.push(regular.penalty);
    return {
      loss: terms.reduce((sum, term) => tf.add(sum, term)),
      logged: { ...logged, ...(auxiliaryLoss && { [AUXILIARY_LOSS]: auxiliaryLoss }) },
    };
  };
  return differentiatedTwice(() => descend('discriminator', parts.discriminatorOptimizer, learn));
}

/**
 * G learns from what D says of its images. `beforehand` takes the images before D judges them, and what it returns is
 * logged too.
 */
function updateGenerator(
  parts: StepParts,
  given: Given,
  beforehand: (fake: tf.Tensor4D) => Logged = () => ({}),
): Logged {
  const { discriminator, objective, objectiveOptions, labels, diffAugment: policy, averaged } = parts;
  const learn = (): Judgement => {
    const fake = generate(parts, given);
    const earlier = beforehand(fake);
    const augmented = diffAugment(fake, { policy, use: 'generator' }, given);
    const logits = scope('generator: judgement', () => discriminator.apply(augmented, 'training'));
    return {
      logged: { ...earlier, 'prob/fake_after': probability(logits) },
      loss: objective.generatorLoss(logits, labels, objectiveOptions),
    };
  };
  const logged = descend('generator', parts.generatorOptimizer, learn);
  if (averaged) scope('generator: average', () => averaged.update());
  return logged;
}

/** D's step sits inside the scope that records G's gradients, so that both take the same generated images. */
const updateBoth = (parts: StepParts, given: Given): Logged =>
  updateGenerator(parts, given, (fake) => updateDiscriminator(parts, fake, given));

const latents = ({ sizes }: StepParts, batch: number): StepInputs => ({
  latent: { shape: [batch, sizes.latentSize], drawn: 'normal' },
});

function discriminatorInputs(parts: StepParts, batch: number): StepInputs {
  const { objective, diffAugment: policy } = parts;
  const { imageSize, channels } = parts.sizes;
  return {
    real: { shape: [batch, imageSize, imageSize, channels] },
    ...latents(parts, batch),
    ...(objective.penalty ? { mix: { shape: [batch, 1, 1, 1], drawn: 'uniform' } } : {}),
    ...diffAugmentInputs({ policy, use: 'real' }, batch),
    ...diffAugmentInputs({ policy, use: 'fake' }, batch),
  };
}

const generatorInputs = (parts: StepParts, batch: number): StepInputs => ({
  ...latents(parts, batch),
  ...diffAugmentInputs({ policy: parts.diffAugment, use: 'generator' }, batch),
});

/** The updates of a GAN. */
export const ganUpdates = (parts: StepParts): Updates => ({
  both: {
    step: (given) => updateBoth(parts, given),
    inputs: (batch) => ({ ...discriminatorInputs(parts, batch), ...generatorInputs(parts, batch) }),
  },
  discriminator: {
    step: (given) => updateDiscriminator(parts, generate(parts, given), given),
    inputs: (batch) => discriminatorInputs(parts, batch),
  },
  generator: {
    step: (given) => updateGenerator(parts, given),
    inputs: (batch) => generatorInputs(parts, batch),
  },
});
