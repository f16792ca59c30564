import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '@medgan/engine';
import type { StoredParameter } from '@medgan/plugin-api';

/** As PyTorch's Adam: `epsilon` is added after the root. */
export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /**
   * Decoupled weight decay (AdamW; Loshchilov, Hutter 2019): a share of each weight, times the learning rate, taken off in an
   * update. Vectors (biases, scales of norms) do not decay. Default 0.
   */
  readonly weightDecay?: number;
}

/**
 * Settings of the original MedImageGAN. In a control file, `learningRate` is `learning_rate`, `beta1` is `beta_adam` and
 * `beta2` is `beta2_adam`.
 */
export const ADAM_DEFAULTS: AdamOptions = { learningRate: 0.0002, beta1: 0.5, beta2: 0.999, epsilon: 1e-8 };

/** A tensor of an optimiser's state, by the name it is saved under. */
export interface OptimizerTensor {
  readonly name: string;
  readonly variable: tf.Variable;
}

interface Moments {
  readonly parameter: tf.Variable;
  readonly first: tf.Variable;
  readonly second: tf.Variable;
}

/**
 * Adam (Kingma, Ba 2015) written in TF.js operations, so that it is part of the compiled step. The moments are kept
 * divided by (1 − β), m̃ = m/(1 − β₁) and ṽ = v/(1 − β₂): m̃ ← β₁m̃ + g, ṽ ← β₂ṽ + g², which reads the parameters'
 * memory two times fewer; the factors go into the scalars of the update p ← p − α·m̃/(√ṽ + ε̃).
 */
export class Adam {
  readonly #options: AdamOptions;
  readonly #step: tf.Variable;
  readonly #moments: readonly Moments[];
  readonly state: readonly OptimizerTensor[];

  constructor(engine: Engine, parameters: readonly StoredParameter[], options: AdamOptions) {
    this.#options = options;
    const trained = parameters.filter((parameter) => parameter.trainable);
    const zeros = (name: string, shape: readonly number[]): tf.Variable =>
      engine.variable({ name, shape, trainable: false });
    this.#step = engine.variable({ name: 'adam.step', shape: [], dtype: 'int32', trainable: false });
    this.#moments = trained.map(({ name, variable }) => ({
      parameter: variable,
      first: zeros(`${name}.scaled_exp_avg`, variable.shape),
      second: zeros(`${name}.scaled_exp_avg_sq`, variable.shape),
    }));
    this.state = [
      { name: 'step', variable: this.#step },
      ...trained.flatMap(({ name }, i) => [
        { name: `${name}.scaled_exp_avg`, variable: this.#moments[i]!.first },
        { name: `${name}.scaled_exp_avg_sq`, variable: this.#moments[i]!.second },
      ]),
    ];
  }

  /** Updates done, int32, no shape. */
  get updates(): tf.Variable {
    return this.#step;
  }

  /** The variables it changes. */
  get variables(): tf.Variable[] {
    return this.#moments.map(({ parameter }) => parameter);
  }

  /**
   * One update from gradients by variable name, as tf.variableGrads gives them. A `learningRate` (float32, no shape) takes
   * the place of the one in the options, where a schedule gives it as an input of the step.
   */
  apply(gradients: Readonly<Record<string, tf.Tensor>>, learningRate?: tf.Tensor): void {
    const { beta1, beta2, epsilon, weightDecay = 0 } = this.#options;
    const given = learningRate ?? this.#options.learningRate;
    const times = (factor: number): number | tf.Tensor =>
      typeof given === 'number' ? given * factor : tf.mul(given, factor);
    this.#step.assign(tf.add(this.#step, tf.scalar(1, 'int32')));
    const t = tf.cast(this.#step, 'float32');
    // 1 − βᵗ without cancellation.
    const correction = (beta: number): tf.Tensor => tf.neg(tf.expm1(tf.mul(t, Math.log(beta))));
    const scale = tf.sqrt(tf.div(1 - beta2, correction(beta2)));
    const rate = tf.div(times(1 - beta1), tf.mul(correction(beta1), scale));
    const floor = tf.div(epsilon, scale);
    for (const { parameter, first, second } of this.#moments) {
      const gradient = gradients[parameter.name]!;
      const m = tf.add(tf.mul(first, beta1), gradient);
      const v = tf.add(tf.mul(second, beta2), tf.square(gradient));
      first.assign(m);
      second.assign(v);
      const decays = weightDecay > 0 && parameter.rank > 1;
      const kept = decays ? tf.mul(parameter, tf.sub(1, times(weightDecay))) : parameter;
      parameter.assign(tf.sub(kept, tf.mul(tf.div(m, tf.add(tf.sqrt(v), floor)), rate)));
    }
  }
}
