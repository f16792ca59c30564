import { defineSetMetric } from '@medgan/plugin-api';
import { frechetDistance } from './functional/frechet-distance.ts';
import { tooSmall } from './set-size.ts';

/** The plugin `frechet`: {@link frechetDistance} on features of real and generated images. */
export default defineSetMetric({
  name: 'frechet',
  summary: 'Fréchet distance of Gaussians fitted to the features; 0 is best, biased for small sets',
  reference: 'Heusel, Ramsauer, Unterthiner, Nessler, Hochreiter 2017, https://arxiv.org/abs/1706.08500',
  options: { type: 'object', additionalProperties: false, properties: {} },
  compute(sets, _options, { onProgress }) {
    const value = { name: 'frechet', direction: 'lower' } as const;
    const reason = tooSmall('frechet', sets, 2);
    if (reason !== undefined) return [{ ...value, value: null, reason }];
    const distance = frechetDistance(sets.real, sets.fake);
    onProgress?.(1, 1);
    return [{ ...value, value: distance }];
  },
});
