import { definePairMetric } from '@medgan/plugin-api';
import { msSsim, msSsimDefaults, msSsimRefuses, type MsSsimOptions } from './functional/ms-ssim.ts';
import { ssimProperties } from './ssim-options.ts';

/** The plugin `ms-ssim`: {@link msSsim} of each pair. */
export default definePairMetric<MsSsimOptions>({
  name: 'ms-ssim',
  title: 'MS-SSIM',
  aliases: ['ms_ssim'],
  summary: 'Structural similarity over five scales; needs 161 pixels per side',
  reference: 'Wang, Simoncelli, Bovik 2003, https://doi.org/10.1109/ACSSC.2003.1292216',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...ssimProperties,
      weights: {
        type: 'array',
        items: { type: 'number', minimum: 0 },
        minItems: 1,
        default: [...msSsimDefaults.weights],
      },
    },
  },
  direction: 'higher',
  range: [0, 1],
  symmetric: true,
  refuses: msSsimRefuses,
  compute: msSsim,
});
