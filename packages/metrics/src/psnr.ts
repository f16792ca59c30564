import { definePairMetric } from '@medgan/plugin-api';
import { psnr, psnrDefaults, psnrRefuses, type PsnrOptions } from './functional/psnr.ts';

/** The plugin `psnr`: {@link psnr} of each pair, in dB. */
export default definePairMetric<PsnrOptions>({
  name: 'psnr',
  title: 'PSNR',
  summary: 'Peak signal-to-noise ratio in dB: how small the squared error is',
  reference: 'Huynh-Thu, Ghanbari 2008, https://doi.org/10.1049/el:20080522',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: { epsilon: { type: 'number', exclusiveMinimum: 0, default: psnrDefaults.epsilon } },
  },
  direction: 'higher',
  range: [0, 80],
  unit: 'dB',
  symmetric: true,
  refuses: psnrRefuses,
  compute: psnr,
});
