import { defineSetMetric } from '@medgan/plugin-api';
import { kid, type KidOptions } from './functional/kid.ts';
import { tooSmall } from './set-size.ts';

/** The plugin `kid`: {@link kid} on features of real and generated images. */
export default defineSetMetric<KidOptions>({
  name: 'kid',
  summary: 'Kernel distance (unbiased squared MMD, cubic kernel), mean and deviation over subsets; 0 is best',
  reference: 'Bińkowski, Sutherland, Arbel, Gretton 2018, https://arxiv.org/abs/1801.01401',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      subsets: { type: 'integer', minimum: 2, default: 100 },
      subsetSize: { type: 'integer', minimum: 2, default: 1000 },
    },
  },
  compute(sets, options, { rng, onProgress }) {
    const value = { name: 'kid', direction: 'lower' } as const;
    const reason = tooSmall('kid', sets, 4);
    if (reason !== undefined) return [{ ...value, value: null, reason }];
    const { mean, deviation } = kid(sets.real, sets.fake, {
      ...options,
      rng,
      ...(onProgress ? { onProgress } : {}),
    });
    return [{ ...value, value: mean, deviation }];
  },
});
