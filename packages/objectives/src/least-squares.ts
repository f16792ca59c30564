import * as tf from '@tensorflow/tfjs-core';
import { defineObjective } from '@medgan/plugin-api';

/** Half the mean squared distance of logits [N] to one target. */
const distance = (logits: tf.Tensor, target: number): tf.Tensor =>
  tf.mul(tf.mean(tf.square(tf.sub(logits, target))), 0.5);

/** Half the mean squared distance of the logits [N] to the labels. */
export default defineObjective({
  name: 'least-squares',
  aliases: ['lsgan'],
  summary: 'Least squares to the labels, on the logits',
  reference: 'Mao et al. 2017, https://arxiv.org/abs/1611.04076',
  options: { type: 'object', additionalProperties: false, properties: {} },
  usesLabels: true,
  discriminatorLoss: ({ real, fake }, labels) =>
    tf.add(distance(real, labels.real), distance(fake, labels.fake)),
  generatorLoss: (fake, labels) => distance(fake, labels.generator),
});
