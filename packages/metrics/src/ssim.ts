import { definePairMetric } from '@medgan/plugin-api';
import { ssim, ssimRefuses, type SsimOptions } from './functional/ssim.ts';
import { ssimProperties } from './ssim-options.ts';

/** The plugin `ssim`: {@link ssim} of each pair. */
export default definePairMetric<SsimOptions>({
  name: 'ssim',
  title: 'SSIM',
  summary: 'Structural similarity under a Gaussian window',
  reference: 'Wang, Bovik, Sheikh, Simoncelli 2004, https://doi.org/10.1109/TIP.2003.819861',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: ssimProperties,
  },
  direction: 'higher',
  range: [-1, 1],
  symmetric: true,
  refuses: ssimRefuses,
  compute: ssim,
});
