import { defineAugmentation } from '@medgan/plugin-api';
import { movePixels, PROBABILITY_SCHEMA, type ProbabilityOptions } from './move-pixels.ts';

/** Mirrors an image top to bottom as often as `probability` says. */
export default defineAugmentation<ProbabilityOptions>({
  name: 'vertical-flip',
  summary: 'Mirror the image top to bottom',
  reference: 'torchvision.transforms.RandomVerticalFlip (Marcel and Rodriguez, ACM Multimedia 2010)',
  options: PROBABILITY_SCHEMA,
  tiny: { probability: 0.5 },
  apply: (image, rng, { probability = 0.5 }) =>
    rng.uniform() < probability
      ? movePixels(image, (row, column, size) => (size - 1 - row) * size + column)
      : image.pixels,
});
