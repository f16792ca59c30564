import * as tf from '@tensorflow/tfjs-core';
import { MedganError } from '@medgan/files';

/** How a classifier's loss differs from the mean cross entropy. */
export interface ClassificationLoss {
  /** Weight of each class; all 1 where left out. */
  readonly classWeights?: readonly number[];
  /** Share of the target that is spread over all classes, in [0, 1) (Szegedy et al. 2016). Default 0. */
  readonly labelSmoothing?: number;
  /** γ of the focal loss, at least 0: what is recognised already counts less (Lin et al. 2017). Default 0, cross entropy. */
  readonly focal?: number;
}

/** @throws MedganError when a setting is out of its range, or the weights do not fit the classes */
export function checkClassificationLoss(loss: ClassificationLoss, classes: number): void {
  const { classWeights, labelSmoothing = 0, focal = 0 } = loss;
  if (classWeights) {
    if (classWeights.length !== classes) {
      throw new MedganError(`${classWeights.length} class weights for ${classes} classes`);
    }
    const wrong = classWeights.find((weight) => !(weight > 0 && Number.isFinite(weight)));
    if (wrong !== undefined) throw new MedganError(`a class weight is ${wrong}, not above 0`);
  }
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new MedganError(`label smoothing is ${labelSmoothing}, not in [0, 1)`);
  }
  if (!(focal >= 0)) throw new MedganError(`the focal loss has γ ${focal}, not 0 or more`);
}

/**
 * The loss of logits [N, K] against targets [N, K] (1 at the class, else 0): cross entropy, weighted as PyTorch's
 * CrossEntropyLoss weighs it, that is divided by the sum of the weights of the images' classes. In the focal loss each
 * class's part is multiplied by (1 − p)^γ.
 */
export function classificationLoss(
  logits: tf.Tensor2D,
  targets: tf.Tensor2D,
  loss: ClassificationLoss,
): tf.Scalar {
  const classes = logits.shape[1];
  const { classWeights, labelSmoothing = 0, focal = 0 } = loss;
  const weights = classWeights ? tf.tensor1d([...classWeights]) : 1;
  const weighted = tf.mul(targets, weights);
  const likelihood = tf.logSoftmax(logits);
  const smooth =
    labelSmoothing === 0
      ? weighted
      : tf.mul(tf.add(tf.mul(targets, 1 - labelSmoothing), labelSmoothing / classes), weights);
  // (1 − p)^γ = e^(γ·log(1 − p)); where p rounds to 1, the factor is that of the smallest 1 − p in float32.
  const missing = tf.maximum(tf.sub(1, tf.exp(likelihood)), 2 ** -24);
  const parts = focal === 0 ? likelihood : tf.mul(likelihood, tf.exp(tf.mul(tf.log(missing), focal)));
  return tf.neg(tf.div(tf.sum(tf.mul(smooth, parts)), tf.sum(weighted))) as tf.Scalar;
}
