import * as tf from '@tensorflow/tfjs-core';
import { defineObjective } from '@medgan/plugin-api';

/** mean relu(1 − real) + mean relu(1 + fake) for the discriminator, −mean fake for the generator. */
export default defineObjective({
  name: 'hinge',
  summary: 'Hinge loss: the discriminator stops at a margin of 1',
  reference: 'Lim, Ye 2017, https://arxiv.org/abs/1705.02894',
  options: { type: 'object', additionalProperties: false, properties: {} },
  usesLabels: false,
  discriminatorLoss: ({ real, fake }) =>
    tf.add(tf.mean(tf.relu(tf.sub(1, real))), tf.mean(tf.relu(tf.add(1, fake)))),
  generatorLoss: (fake) => tf.neg(tf.mean(fake)),
});
