import { definePairMetric } from '@medgan/plugin-api';
import { gmsd, gmsdDefaults, gmsdRefuses, type GmsdOptions } from './functional/gmsd.ts';

/** The plugin `gmsd`: {@link gmsd} of each pair. */
export default definePairMetric<GmsdOptions>({
  name: 'gmsd',
  title: 'GMSD',
  summary: 'Gradient magnitude similarity deviation; 0 is best',
  reference: 'Xue, Zhang, Mou, Bovik 2013, https://arxiv.org/abs/1308.3052',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      c: { type: 'number', exclusiveMinimum: 0, default: gmsdDefaults.c },
      alpha: { type: 'number', minimum: 0, exclusiveMaximum: 2, default: gmsdDefaults.alpha },
    },
  },
  direction: 'lower',
  range: [0, 1],
  symmetric: true,
  refuses: gmsdRefuses,
  compute: gmsd,
});
