import type { Scalar, Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { OptionsSchema } from './options.ts';
import type { Named } from './registry.ts';
import type { Rng } from './rng.ts';

/** What a parameter starts from. `shape` and the values are in stored layout: PyTorch's (see `ParameterScope`). */
export type Initializer = (shape: readonly number[], rng: Rng) => Float32Array;

/** How a parameter is made. */
export interface ParameterSpec {
  /** TF.js layout: convolution filters are [kh, kw, in, out] (transposed: [kh, kw, out, in]). */
  readonly shape: readonly number[];
  readonly init: Initializer;
  /** false for state that no optimiser touches: running statistics, spectral-norm vectors. Default true. */
  readonly trainable?: boolean;
}

/**
 * Where an architecture makes its parameters. Names are PyTorch's (`main.0.weight`), because checkpoints carry them;
 * rank-4 parameters are stored transposed by [3, 2, 0, 1], which is PyTorch's OIHW (transposed convolutions: IOHW).
 */
export interface ParameterScope {
  /** A scope whose names begin with `<name>.`. */
  scope(name: string): ParameterScope;
  /** @throws MedganError when the full name is taken. */
  parameter(name: string, spec: ParameterSpec): Variable;
  /** A step counter kept with the state and saved as int64 (batch norm's `num_batches_tracked`). */
  counter(name: string): Variable;
}

/** Training updates running state; evaluation reads it. `batch-statistics` samples as training does but updates nothing. */
export type Mode = 'training' | 'evaluation' | 'batch-statistics';

/** One row of the layer table of `medgan models`. Shapes are without the batch, NHWC. */
export interface LayerInfo {
  readonly name: string;
  readonly kind: string;
  readonly output: readonly number[];
  /** Trainable numbers in this layer. */
  readonly parameters: number;
}

/** latents [N, latentSize] → images [N, S, S, C] in [−1, 1], NHWC. */
export interface Generator {
  /** The images of a batch of latents; what `mode` does to running state, it does here. */
  apply(latents: Tensor2D, mode: Mode): Tensor4D;
  readonly layers: readonly LayerInfo[];
}

/** What a discriminator with a loss of its own makes of real images. */
export interface RealJudgement {
  /** [N], those of `apply`. */
  readonly logits: Tensor;
  /** A mean over the batch, added to the discriminator's loss. */
  readonly auxiliaryLoss: Scalar;
}

/** images [N, S, S, C] in [−1, 1], NHWC → logits [N] (no sigmoid: the objective decides what they mean). */
export interface Discriminator {
  /** The logits of a batch of images, differentiable. */
  apply(images: Tensor4D, mode: Mode): Tensor;
  /**
   * `apply`, and from the same forward pass a loss on real images that is no matter of the objective, such as that of
   * reconstructing them. Where it is declared, the trainer calls it instead of `apply` on the real images of a step.
   */
  judgeReal?(images: Tensor4D, mode: Mode): RealJudgement;
  readonly layers: readonly LayerInfo[];
}

/** What every architecture is given, beside its own options. */
export interface NetworkSizes {
  /** Pixels per side. */
  readonly imageSize: number;
  readonly channels: number;
  /** Length of a latent vector. */
  readonly latentSize: number;
  /** Base width of the generator (`gen_feature_maps`). */
  readonly generatorFeatures: number;
  /** Base width of the discriminator (`dis_feature_maps`). */
  readonly discriminatorFeatures: number;
}

/** What a generator's weights alone say of its sizes. */
export type GeneratorSizes = Omit<NetworkSizes, 'discriminatorFeatures'>;

/** How an architecture is trained where the control file does not say. */
export interface TrainingDefaults {
  /** Of both networks, below 1: `learning_rate`. */
  readonly learningRate?: number;
  /** Adam's: `beta_adam` and `beta2_adam`. */
  readonly beta1?: number;
  readonly beta2?: number;
  /** Updates of the discriminator for one of the generator: `discriminator_steps`. */
  readonly discriminatorSteps?: number;
}

/** A GAN architecture: a pair of networks, parametric in size. */
export interface Architecture<Options extends object = object> extends Named {
  readonly kind: 'architecture';
  /** One line for lists. */
  readonly summary: string;
  /** The paper, as author, year, address. */
  readonly reference: string;
  readonly options: OptionsSchema;
  /** Sizes it can be built at, in pixels. */
  readonly imageSizes: readonly number[];
  /** The objective it is trained with when the control file names none. */
  readonly defaultObjective: string;
  /** Its paper's settings, where they are not the control file's own defaults. */
  readonly training?: TrainingDefaults;
  /** The smallest legal sizes, so that tests run in milliseconds. */
  readonly tiny: NetworkSizes;
  /** Builds a generator of these sizes; every parameter it has is made in `parameters`, once, in a fixed order. */
  generator(sizes: NetworkSizes, options: Options, parameters: ParameterScope): Generator;
  /** Builds a discriminator of these sizes, as `generator` does. */
  discriminator(sizes: NetworkSizes, options: Options, parameters: ParameterScope): Discriminator;
  /**
   * The sizes of a generator, read off the stored shapes (PyTorch's) of its parameters by name; undefined when they are
   * no generator of this architecture. Without it, only weights that say their sizes can be used for generating.
   */
  generatorSizes?(shapes: ReadonlyMap<string, readonly number[]>): GeneratorSizes | undefined;
}

/** Declares an architecture plugin; the file's default export. */
export function defineArchitecture<Options extends object>(
  plugin: Omit<Architecture<Options>, 'kind'>,
): Architecture<Options> {
  return { kind: 'architecture', ...plugin };
}
