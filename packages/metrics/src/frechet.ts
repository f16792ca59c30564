import { defineSetMetric } from '@medgan/plugin-api';
import { frechetDistance } from './functional/frechet-distance.ts';

/** The plugin `frechet`: {@link frechetDistance} of features of real and generated images. */
export default defineSetMetric({
  name: 'frechet',
  summary: 'Fréchet distance of Gaussians fitted to the features; 0 is best, biased for small sets',
  reference: 'Heusel, Ramsauer, Unterthiner, Nessler, Hochreiter 2017, https://arxiv.org/abs/1706.08500',
  options: { type: 'object', additionalProperties: false, properties: {} },
  values: [{ name: 'frechet', title: 'Fréchet distance', direction: 'lower' }],
  minimum: () => 2,
  compute({ real, fake }, _options, { onProgress }) {
    const distance = frechetDistance(real, fake);
    onProgress?.(1, 1);
    return { frechet: { value: distance } };
  },
});
