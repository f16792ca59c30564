import { definePairMetric } from '@medgan/plugin-api';
import { mdsi, mdsiDefaults, mdsiRefuses, type MdsiOptions } from './functional/mdsi.ts';

const positive = { type: 'number', exclusiveMinimum: 0 };

/** The plugin `mdsi`: {@link mdsi} of each pair. */
export default definePairMetric<MdsiOptions>({
  name: 'mdsi',
  title: 'MDSI',
  summary: 'Mean deviation similarity index of gradients and colours; 0 is best',
  reference: 'Nafchi, Shahkolaei, Hedjam, Cheriet 2016, https://arxiv.org/abs/1608.07433',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      combination: { enum: ['sum', 'prod'], default: mdsiDefaults.combination },
      c1: { ...positive, default: mdsiDefaults.c1 },
      c2: { ...positive, default: mdsiDefaults.c2 },
      c3: { ...positive, default: mdsiDefaults.c3 },
      alpha: { type: 'number', minimum: 0, maximum: 1, default: mdsiDefaults.alpha },
      beta: { ...positive, default: mdsiDefaults.beta },
      gamma: { ...positive, default: mdsiDefaults.gamma },
      rho: { ...positive, default: mdsiDefaults.rho },
      q: { ...positive, default: mdsiDefaults.q },
      o: { ...positive, default: mdsiDefaults.o },
    },
  },
  direction: 'lower',
  range: [0, 1.25],
  symmetric: false,
  refuses: mdsiRefuses,
  compute: mdsi,
});
