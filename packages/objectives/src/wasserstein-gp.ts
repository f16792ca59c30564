import * as tf from '@tensorflow/tfjs-core';
import { defineObjective } from '@medgan/plugin-api';
import { gradientPenalty } from './penalties/gradient-penalty.ts';

/** Options of the Wasserstein objective. */
export interface WassersteinOptions {
  /** Factor of the gradient penalty; the paper's λ. */
  readonly penalty: number;
}

/**
 * Difference of the mean logits, and a penalty on how far the critic's gradient norm is from 1 between real and fake.
 */
export default defineObjective<WassersteinOptions>({
  name: 'wasserstein-gp',
  aliases: ['wgan-gp'],
  summary: 'Wasserstein distance with a gradient penalty on the critic',
  reference: 'Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: { penalty: { type: 'number', minimum: 0, default: 10, description: 'λ of the paper' } },
  },
  usesLabels: false,
  discriminatorLoss: ({ real, fake }) => tf.sub(tf.mean(fake), tf.mean(real)),
  generatorLoss: (fake) => tf.neg(tf.mean(fake)),
  penalty: (inputs, options) => tf.mul(gradientPenalty(inputs), options.penalty),
});
