import { defineAugmentation } from '@medgan/plugin-api';
import { movePixels, type Source } from './move-pixels.ts';

/** By how often the image is turned by 90°, counter-clockwise. */
const TURNS: readonly (Source | undefined)[] = [
  undefined,
  (row, column, size) => column * size + (size - 1 - row),
  (row, column, size) => (size - 1 - row) * size + (size - 1 - column),
  (row, column, size) => (size - 1 - column) * size + row,
];

/** Turns a square image by a number of quarter turns drawn uniformly; pixels move and are never mixed. */
export default defineAugmentation({
  name: 'quarter-turns',
  summary: 'Turn the image by 0°, 90°, 180° or 270°, each as often as the others',
  reference: 'numpy.rot90 by a uniform number of turns (Harris et al., Nature 2020)',
  options: { type: 'object', properties: {}, additionalProperties: false },
  tiny: {},
  apply(image, rng) {
    const source = TURNS[rng.integer(TURNS.length)];
    return source ? movePixels(image, source) : image.pixels;
  },
});
