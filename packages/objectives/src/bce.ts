import * as tf from '@tensorflow/tfjs-core';
import { defineObjective } from '@medgan/plugin-api';

/** PyTorch's BCELoss clamps logarithms to this value, and divides by `SMALLEST` at least. */
const LOG_FLOOR = -100;
const SMALLEST = 1e-12;

/** Below this, the logistic function is computed as exp(x) / (1 + exp(x)). */
const TAIL = -4;

/**
 * The logistic function to float32's relative precision, as in PyTorch. ONNX Runtime's has an absolute error of 1e-7 and
 * is 0 from −18 down, where its logarithm would be wrong.
 */
function sigmoid(x: tf.Tensor): tf.Tensor {
  const e = tf.exp(tf.minimum(x, 0));
  return tf.where(tf.greater(x, TAIL), tf.sigmoid(x), tf.div(e, tf.add(e, 1)));
}

/**
 * Mean binary cross entropy of sigmoid(logits) [N] against one target in [0, 1], as the original computes it:
 * sigmoid first, then BCELoss, in float32. A saturated sigmoid therefore costs 100 and has no gradient, as in the original.
 */
function binaryCrossEntropy(logits: tf.Tensor, target: number): tf.Tensor {
  const loss = tf.customGrad((x: tf.Tensor | tf.GradSaveFunc, save: tf.Tensor | tf.GradSaveFunc) => {
    const p = sigmoid(x as tf.Tensor);
    const log = (y: tf.Tensor): tf.Tensor => tf.maximum(tf.log(y), LOG_FLOOR);
    const likelihood = tf.add(tf.mul(log(p), target), tf.mul(log(tf.sub(1, p)), 1 - target));
    (save as tf.GradSaveFunc)([x as tf.Tensor]);
    return {
      value: tf.neg(tf.mean(likelihood)),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => {
        const q = sigmoid(saved!);
        const slope = tf.mul(q, tf.sub(1, q));
        const outer = tf.div(tf.sub(q, target), tf.maximum(slope, SMALLEST));
        return tf.mul(tf.mul(outer, slope), tf.div(dy, saved!.size));
      },
    };
  });
  return loss(logits);
}

/** Binary cross entropy of σ(logit) [N] against the labels: the sigmoid is taken first, as for PyTorch's BCELoss. */
export default defineObjective({
  name: 'bce',
  summary: 'Binary cross entropy with a non-saturating generator, as the original DCGAN',
  reference: 'Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661',
  options: { type: 'object', additionalProperties: false, properties: {} },
  usesLabels: true,
  discriminatorLoss: ({ real, fake }, labels) =>
    tf.add(binaryCrossEntropy(real, labels.real), binaryCrossEntropy(fake, labels.fake)),
  generatorLoss: (fake, labels) => binaryCrossEntropy(fake, labels.generator),
});
