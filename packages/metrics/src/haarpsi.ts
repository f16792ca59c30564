import { definePairMetric } from '@medgan/plugin-api';
import { haarPsi, haarPsiDefaults, haarPsiRefuses, type HaarPsiOptions } from './functional/haarpsi.ts';

/** The plugin `haarpsi`: {@link haarPsi} of each pair. */
export default definePairMetric<HaarPsiOptions>({
  name: 'haarpsi',
  title: 'HaarPSI',
  summary: 'Haar wavelet perceptual similarity index',
  reference: 'Reisenhofer, Bosse, Kutyniok, Wiegand 2018, https://arxiv.org/abs/1607.06140',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      chromatic: { type: 'boolean', default: haarPsiDefaults.chromatic },
      c: { type: 'number', exclusiveMinimum: 0, default: haarPsiDefaults.c },
      alpha: { type: 'number', exclusiveMinimum: 0, default: haarPsiDefaults.alpha },
    },
  },
  direction: 'higher',
  range: [0, 1],
  symmetric: true,
  refuses: haarPsiRefuses,
  compute: haarPsi,
});
