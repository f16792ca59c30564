import { defineAugmentation } from '@medgan/plugin-api';
import { movePixels, PROBABILITY_SCHEMA, type ProbabilityOptions } from './move-pixels.ts';

/** Mirrors an image left to right as often as `probability` says. */
export default defineAugmentation<ProbabilityOptions>({
  name: 'horizontal-flip',
  summary: 'Mirror the image left to right',
  reference: 'torchvision.transforms.RandomHorizontalFlip (Marcel and Rodriguez, ACM Multimedia 2010)',
  options: PROBABILITY_SCHEMA,
  tiny: { probability: 0.5 },
  apply: (image, rng, { probability = 0.5 }) =>
    rng.uniform() < probability
      ? movePixels(image, (row, column, size) => row * size + (size - 1 - column))
      : image.pixels,
});
