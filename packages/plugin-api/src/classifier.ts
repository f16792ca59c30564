import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { LayerInfo, Mode, ParameterScope } from './architecture.ts';
import type { OptionsSchema } from './options.ts';
import type { Named } from './registry.ts';

/** What a classifier is built for. */
export interface ClassifierSizes {
  /** Pixels a side. */
  readonly imageSize: number;
  readonly channels: number;
  /** Number of classes, at least 2. */
  readonly classes: number;
}

/** Uniform numbers in [0, 1) by name, drawn anew for each training step: dropout and the like. */
export type Drawn = Readonly<Record<string, Tensor>>;

/** A network that judges images, in the parts that are of use on their own. */
export interface ClassifierNetwork {
  readonly layers: readonly LayerInfo[];
  /** What a training step draws for one image, by name: the shape without the batch. Empty where nothing is random. */
  readonly drawn: Readonly<Record<string, readonly number[]>>;
  /**
   * images [N, S, S, C] in [−1, 1], NHWC → features [N, F], differentiable. Nothing is dropped where `drawn` is left out,
   * in any mode.
   */
  features(images: Tensor4D, mode: Mode, drawn?: Drawn): Tensor2D;
  /** Features [N, F] → logits [N, classes]; with `drawn`, features are dropped first. */
  head(features: Tensor2D, drawn?: Drawn): Tensor2D;
}

/** A classifier of images, parametric in size. */
export interface Classifier<Options extends object = object> extends Named {
  readonly kind: 'classifier';
  /** One line for lists. */
  readonly summary: string;
  /** The paper, as author, year, address. */
  readonly reference: string;
  readonly options: OptionsSchema;
  /** Pixels a side of the smallest images that it can judge. */
  readonly smallestImage: number;
  /** Options and sizes of its smallest network, so that tests run in seconds. */
  readonly tiny: { readonly options: Options; readonly sizes: ClassifierSizes };
  /** Builds the network; every parameter it has is made in `parameters`, once, in a fixed order. */
  network(sizes: ClassifierSizes, options: Options, parameters: ParameterScope): ClassifierNetwork;
}

/** Declares a classifier plugin; the file's default export. */
export function defineClassifier<Options extends object>(
  plugin: Omit<Classifier<Options>, 'kind'>,
): Classifier<Options> {
  return { kind: 'classifier', ...plugin };
}
