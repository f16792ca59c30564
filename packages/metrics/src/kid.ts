import { defineSetMetric } from '@medgan/plugin-api';
import { kid, kidDefaults, type KidOptions } from './functional/kid.ts';

/** The plugin `kid`: {@link kid} of features of real and generated images. */
export default defineSetMetric<KidOptions>({
  name: 'kid',
  summary: 'Kernel distance (unbiased squared MMD, cubic kernel), mean and deviation over subsets; 0 is best',
  reference: 'Bińkowski, Sutherland, Arbel, Gretton 2018, https://arxiv.org/abs/1801.01401',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      subsets: { type: 'integer', minimum: 2, default: kidDefaults.subsets },
      subsetSize: { type: 'integer', minimum: 2, default: kidDefaults.subsetSize },
    },
  },
  values: [{ name: 'kid', title: 'KID', direction: 'lower' }],
  // Two disjoint halves of two rows each: the unbiased estimate divides by m(m − 1).
  minimum: () => 4,
  compute({ real, fake }, options, { rng, onProgress }) {
    const { mean, deviation } = kid(real, fake, { ...options, rng, ...(onProgress && { onProgress }) });
    return { kid: { value: mean, deviation } };
  },
});
