import * as tf from '@tensorflow/tfjs-core';
import type { ParameterStore, StoredParameter } from '@medgan/plugin-api';

/** What an average is kept of. */
export interface AveragedNetworkOptions<Network> {
  /** Part of the average that stays at an update, in (0, 1): 0.999 looks back about 1,000 steps. */
  readonly decay: number;
  /** Updates the trained network has had, the present one included: int32, no shape. */
  readonly updates: tf.Variable;
  /** Builds the network in a store: the same start values at every call. */
  readonly build: (store: ParameterStore) => Network;
  /** The trained network's. */
  readonly trained: ParameterStore;
  /** An empty one, of the same random streams as `trained`. */
  readonly own: ParameterStore;
}

/** A tensor of the trained network, and its counterpart in the averaged one. */
interface Pair {
  readonly from: StoredParameter;
  readonly to: StoredParameter;
}

/**
 * A second network whose weights are an exponential moving average of the trained one's: w̄ ← w̄ + (1 − d)(w − w̄). It
 * begins where the trained one begins. Early on d is (1 + t)/(10 + t) of the t-th update where that is less than the
 * decay, as in tf.train.ExponentialMovingAverage, so that the start values are soon forgotten.
 *
 * Running statistics of batch norm are averaged with the weights they belong to, as in BigGAN-PyTorch; counters are copied.
 */
export class AveragedNetwork<Network> {
  readonly network: Network;
  readonly parameters: ParameterStore;
  readonly decay: number;
  readonly #updates: tf.Variable;
  readonly #pairs: readonly Pair[];

  constructor({ decay, updates, build, trained, own }: AveragedNetworkOptions<Network>) {
    this.decay = decay;
    this.parameters = own;
    this.network = build(own);
    this.#updates = updates;
    const counterparts = own.list();
    this.#pairs = trained.list().map((from, i) => ({ from, to: counterparts[i]! }));
  }

  /** Takes the trained weights in. Part of a step, after the optimiser of the trained network. */
  update(): void {
    const t = tf.cast(this.#updates, 'float32');
    const decay = tf.minimum(this.decay, tf.div(tf.add(t, 1), tf.add(t, 10)));
    const share = tf.sub(1, decay);
    for (const { from, to } of this.#pairs) {
      const { variable } = from;
      to.variable.assign(
        from.counter ? tf.clone(variable) : tf.add(to.variable, tf.mul(tf.sub(variable, to.variable), share)),
      );
    }
  }
}
