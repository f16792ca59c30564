import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { OptionsSchema } from './options.ts';
import type { Named } from './registry.ts';

/** Label targets, smoothed on one side where a study asks for it. An objective without labels ignores them. */
export interface Labels {
  /** Target of real images in the discriminator's step. */
  readonly real: number;
  /** Target of generated images in the discriminator's step. */
  readonly fake: number;
  /** Target of generated images in the generator's step. */
  readonly generator: number;
}

/** Logits of one batch of real and one of generated images, each [N]. */
export interface DiscriminatorLogits {
  readonly real: Tensor;
  readonly fake: Tensor;
}

/** What a penalty on the discriminator sees. Images are [N, S, S, C] in [−1, 1], NHWC. */
export interface PenaltyInputs {
  readonly real: Tensor4D;
  readonly fake: Tensor4D;
  /** The discriminator in training mode, differentiable twice. */
  readonly discriminate: (images: Tensor4D) => Tensor;
  /** One number per sample, uniform in [0, 1), shape [N, 1, 1, 1]. Randomness enters a step only as an input. */
  readonly mix: Tensor4D;
}

/** What the two networks minimise. Losses are tensors of rank 0, means over the batch. */
export interface Objective<Options extends object = object> extends Named {
  readonly kind: 'objective';
  readonly summary: string;
  readonly reference: string;
  readonly options: OptionsSchema;
  /** false: label targets have no meaning here, and giving them is an error. */
  readonly usesLabels: boolean;
  /** What the discriminator minimises, without the penalty. */
  discriminatorLoss(logits: DiscriminatorLogits, labels: Labels, options: Options): Tensor;
  /** What the generator minimises. `fake`: the discriminator's logits [N] of generated images. */
  generatorLoss(fake: Tensor, labels: Labels, options: Options): Tensor;
  /** Added to the discriminator's loss. Its presence makes the trainer supply `mix`. */
  penalty?(inputs: PenaltyInputs, options: Options): Tensor;
}

/** Declares an objective plugin; the file's default export. */
export function defineObjective<Options extends object>(
  plugin: Omit<Objective<Options>, 'kind'>,
): Objective<Options> {
  return { kind: 'objective', ...plugin };
}
