import type { Augmentation, ImageFormat, Rng } from '@medgan/plugin-api';
import { streamOf, type ReadBatch } from './batches.ts';

/** An augmentation with its options filled in. */
export interface ChosenAugmentation {
  readonly augmentation: Augmentation;
  readonly options: object;
}

/** Changes the images of a batch in place, where nothing else holds them. */
export type AugmentBatch = (batch: ReadBatch) => void;

/**
 * Applies the augmentations one after the other to each image of a batch. What happens to an image depends on the
 * stream, the step, the update and its place in the batch only, so a run that goes on sees the images it would have seen.
 */
export function batchAugmenter(
  chosen: readonly ChosenAugmentation[],
  { format, rng }: { readonly format: ImageFormat; readonly rng: Rng },
): AugmentBatch {
  const { size, channels } = format;
  const bytes = size * size * channels;
  return (batch) => {
    const { pixels } = batch;
    const all = streamOf(rng, batch);
    for (let from = 0; from < pixels.length; from += bytes) {
      const stream = all.split(`augment/${from / bytes}`);
      const image = pixels.subarray(from, from + bytes);
      let changed = image;
      for (const [place, { augmentation, options }] of chosen.entries()) {
        changed = augmentation.apply({ size, channels, pixels: changed }, stream.split(`${place}`), options);
      }
      if (changed !== image) image.set(changed);
    }
  };
}
