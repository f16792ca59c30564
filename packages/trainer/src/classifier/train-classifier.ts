import * as tf from '@tensorflow/tfjs-core';
import { scope, type Engine } from '@medgan/engine';
import {
  ParameterStore,
  type Classifier,
  type ClassifierNetwork,
  type ClassifierSizes,
  type Rng,
} from '@medgan/plugin-api';
import { Adam, type AdamOptions } from '../adam.ts';
import { AveragedNetwork } from '../averaged-network.ts';
import type { StepInputs } from '../step-inputs.ts';
import type { Update } from '../step.ts';
import { checkClassificationLoss, classificationLoss, type ClassificationLoss } from './loss.ts';

/** AdamW's settings for a classifier: PyTorch's defaults, but for the learning rate, which is an input of the step. */
const ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** What a classifier is trained with. */
export interface ClassifierSpec {
  readonly classifier: Classifier;
  readonly options: object;
  readonly sizes: ClassifierSizes;
  readonly loss: ClassificationLoss;
  readonly adam?: Partial<Omit<AdamOptions, 'learningRate'>>;
  /** Decay of the averaged weights, in (0, 1); absent = none are kept. */
  readonly ema?: number;
}

/** A classifier living in one engine. */
export interface TrainedClassifier {
  readonly engine: Engine;
  readonly network: ClassifierNetwork;
  readonly parameters: ParameterStore;
  readonly optimizer: Adam;
  readonly averaged: AveragedNetwork<ClassifierNetwork> | undefined;
  /**
   * A training step: `images` [N, S, S, C] in [−1, 1], NHWC, `targets` [N, K] (1 at the class), `learning_rate` and what
   * the network draws in; `loss` and `logits` [N, K] out, both from before the update.
   */
  readonly training: Update;
  /** `images` in, `logits` [N, K] out, in evaluation mode, by the averaged weights where there are any. */
  readonly judging: Update;
}

const imagesOf = ({ imageSize, channels }: ClassifierSizes, batch: number): StepInputs => ({
  images: { shape: [batch, imageSize, imageSize, channels] },
});

/** Builds a classifier with start values from `rng`, its optimiser, and the steps that train and use it. */
export function buildClassifier(engine: Engine, spec: ClassifierSpec, rng: Rng): TrainedClassifier {
  const { classifier, options, sizes, loss, ema } = spec;
  checkClassificationLoss(loss, sizes.classes);
  const build = (store: ParameterStore): ClassifierNetwork => classifier.network(sizes, options, store.root);
  const parameters = new ParameterStore(engine, rng.split('classifier'));
  const network = build(parameters);
  const optimizer = new Adam(engine, parameters.list(), { ...ADAMW, ...spec.adam, learningRate: 0 });
  const averaged =
    ema === undefined
      ? undefined
      : new AveragedNetwork({
          decay: ema,
          updates: optimizer.updates,
          build,
          trained: parameters,
          own: new ParameterStore(engine, rng.split('classifier')),
        });
  const judge = averaged?.network ?? network;
  return {
    engine,
    network,
    parameters,
    optimizer,
    averaged,
    training: {
      step: ({ images, targets, learning_rate: rate, ...drawn }) => {
        let logits!: tf.Tensor2D;
        const { value, grads } = scope('classifier: gradients', () =>
          tf.variableGrads(() => {
            const features = network.features(images as tf.Tensor4D, 'training', drawn);
            // They outlive the scope in which TF.js records the gradients.
            logits = tf.keep(network.head(features, drawn));
            return classificationLoss(logits, targets as tf.Tensor2D, loss);
          }, optimizer.variables),
        );
        scope('classifier: Adam', () => optimizer.apply(grads, rate));
        if (averaged) scope('classifier: average', () => averaged.update());
        return { loss: value, logits };
      },
      inputs: (batch) => ({
        ...imagesOf(sizes, batch),
        targets: { shape: [batch, sizes.classes] },
        learning_rate: { shape: [] },
        ...Object.fromEntries(
          Object.entries(network.drawn).map(([name, shape]) => [
            name,
            { shape: [batch, ...shape], drawn: 'uniform' as const },
          ]),
        ),
      }),
    },
    judging: {
      step: ({ images }) => ({ logits: judge.head(judge.features(images as tf.Tensor4D, 'evaluation')) }),
      inputs: (batch) => imagesOf(sizes, batch),
    },
  };
}
