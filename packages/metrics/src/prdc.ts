import { defineSetMetric } from '@medgan/plugin-api';
import { prdc, prdcDefaults, type PrdcOptions } from './functional/prdc.ts';

const names = ['precision', 'recall', 'density', 'coverage'] as const;

/** The plugin `prdc`: {@link prdc} of features of real and generated images. */
export default defineSetMetric<PrdcOptions>({
  name: 'prdc',
  summary: 'Precision, recall, density and coverage by nearest neighbours; 1 is good',
  reference: 'Naeem, Oh, Uh, Choi, Yoo 2020, https://arxiv.org/abs/2002.09797',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: { nearestK: { type: 'integer', minimum: 1, default: prdcDefaults.nearestK } },
  },
  values: names.map((name) => ({ name, direction: 'higher' })),
  // A row's k nearest neighbours are other rows of its own set.
  minimum: ({ nearestK = prdcDefaults.nearestK }) => nearestK + 1,
  compute({ real, fake }, options, { onProgress }) {
    const values = prdc(real, fake, { ...options, ...(onProgress && { onProgress }) });
    return Object.fromEntries(names.map((name) => [name, { value: values[name] }]));
  },
});
