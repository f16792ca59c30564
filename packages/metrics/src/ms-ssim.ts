import { definePairMetric } from '@medgan/plugin-api';
import { msSsim, msSsimRefuses, msSsimWeights, type MsSsimOptions } from './functional/ms-ssim.ts';

/** The plugin `ms-ssim`: {@link msSsim} of each pair. */
export default definePairMetric<MsSsimOptions>({
  name: 'ms-ssim',
  aliases: ['ms_ssim'],
  summary: 'Structural similarity over five scales; needs 161 pixels a side',
  reference: 'Wang, Simoncelli, Bovik 2003, https://doi.org/10.1109/ACSSC.2003.1292216',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      windowSize: { type: 'integer', minimum: 1, default: 11 },
      sigma: { type: 'number', exclusiveMinimum: 0, default: 1.5 },
      k1: { type: 'number', exclusiveMinimum: 0, default: 0.01 },
      k2: { type: 'number', exclusiveMinimum: 0, default: 0.03 },
      weights: {
        type: 'array',
        items: { type: 'number', minimum: 0 },
        minItems: 1,
        default: [...msSsimWeights],
      },
    },
  },
  direction: 'higher',
  range: [0, 1],
  symmetric: true,
  refuses: msSsimRefuses,
  compute: msSsim,
});
