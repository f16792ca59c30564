import { definePairMetric } from '@medgan/plugin-api';
import { msGmsd, msGmsdDefaults, msGmsdRefuses, type MsGmsdOptions } from './functional/ms-gmsd.ts';

/** The plugin `ms-gmsd`: {@link msGmsd} of each pair. */
export default definePairMetric<MsGmsdOptions>({
  name: 'ms-gmsd',
  title: 'MS-GMSD',
  aliases: ['ms_gmsd'],
  summary: 'Gradient magnitude similarity deviation over four scales; 0 is best',
  reference: 'Zhang, Sun, Shen 2017, https://doi.org/10.1109/ICASSP.2017.7952357',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      c: { type: 'number', exclusiveMinimum: 0, default: msGmsdDefaults.c },
      alpha: { type: 'number', minimum: 0, exclusiveMaximum: 2, default: msGmsdDefaults.alpha },
      weights: {
        type: 'array',
        items: { type: 'number', minimum: 0 },
        minItems: 1,
        default: [...msGmsdDefaults.weights],
      },
    },
  },
  direction: 'lower',
  range: [0, 1],
  symmetric: true,
  refuses: msGmsdRefuses,
  compute: msGmsd,
});
