import { definePairMetric } from '@medgan/plugin-api';
import { ssim, ssimRefuses, type SsimOptions } from './functional/ssim.ts';

/** The plugin `ssim`: {@link ssim} of each pair. */
export default definePairMetric<SsimOptions>({
  name: 'ssim',
  summary: 'Structural similarity under a Gaussian window',
  reference: 'Wang, Bovik, Sheikh, Simoncelli 2004, https://doi.org/10.1109/TIP.2003.819861',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      windowSize: { type: 'integer', minimum: 1, default: 11 },
      sigma: { type: 'number', exclusiveMinimum: 0, default: 1.5 },
      k1: { type: 'number', exclusiveMinimum: 0, default: 0.01 },
      k2: { type: 'number', exclusiveMinimum: 0, default: 0.03 },
    },
  },
  direction: 'higher',
  range: [-1, 1],
  symmetric: true,
  refuses: ssimRefuses,
  compute: ssim,
});
