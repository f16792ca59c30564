import { definePairMetric } from '@medgan/plugin-api';
import { haarPsi, haarPsiRefuses, type HaarPsiOptions } from './functional/haarpsi.ts';

/** The plugin `haarpsi`: {@link haarPsi} of each pair. */
export default definePairMetric<HaarPsiOptions>({
  name: 'haarpsi',
  summary: 'Haar wavelet perceptual similarity index',
  reference: 'Reisenhofer, Bosse, Kutyniok, Wiegand 2018, https://arxiv.org/abs/1607.06140',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      chromatic: { type: 'boolean', default: true },
      c: { type: 'number', exclusiveMinimum: 0, default: 30 / 255 ** 2 },
      alpha: { type: 'number', exclusiveMinimum: 0, default: 4.2 },
    },
  },
  direction: 'higher',
  range: [0, 1],
  symmetric: true,
  refuses: haarPsiRefuses,
  compute: haarPsi,
});
