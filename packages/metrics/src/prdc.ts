import { defineSetMetric } from '@medgan/plugin-api';
import { prdc, type PrdcOptions } from './functional/prdc.ts';
import { tooSmall } from './set-size.ts';

const names = ['precision', 'recall', 'density', 'coverage'] as const;

/** The plugin `prdc`: {@link prdc} on features of real and generated images. */
export default defineSetMetric<PrdcOptions>({
  name: 'prdc',
  summary: 'Precision, recall, density and coverage by nearest neighbours; 1 is good',
  reference: 'Naeem, Oh, Uh, Choi, Yoo 2020, https://arxiv.org/abs/2002.09797',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: { nearestK: { type: 'integer', minimum: 1, default: 5 } },
  },
  compute(sets, options, { onProgress }) {
    const reason = tooSmall('prdc', sets, (options.nearestK ?? 5) + 1);
    if (reason !== undefined) {
      return names.map((name) => ({ name, direction: 'higher', value: null, reason }));
    }
    const values = prdc(sets.real, sets.fake, { ...options, ...(onProgress ? { onProgress } : {}) });
    return names.map((name) => ({ name, direction: 'higher', value: values[name] }));
  },
});
