import type { PackedImages, Rng } from '@medgan/plugin-api';
import { batchesPerEpoch, totalSteps, type RunConfig } from './run-config.ts';

/** One batch: which images, and where in the run it stands. */
export interface Batch {
  /** From 1. */
  readonly step: number;
  /** Which update of the discriminator in its step, from 1; the generator learns after the last one. */
  readonly update: number;
  /** Of the first batch of its step, from 1. */
  readonly epoch: number;
  readonly indices: Uint32Array;
}

/** A batch with its images: uint8, NHWC [indices.length, size, size, channels]. */
export interface ReadBatch extends Batch {
  readonly pixels: Uint8Array;
}

/** The stream of all that is random about a batch. */
export const streamOf = (rng: Rng, { step, update }: Pick<Batch, 'step' | 'update'>): Rng =>
  rng.split(update === 1 ? `step/${step}` : `step/${step}/update/${update}`);

/**
 * The batches of a run after step `done`, in order: one for each update of the discriminator. The order within an epoch
 * depends on the seed and the epoch only, so a run that goes on at any step sees the batches it would have seen. A step
 * has all of its batches: where an epoch ends inside one, the next epoch begins.
 */
export function* batches(
  config: Pick<RunConfig, 'batchSize' | 'epochs' | 'maxSteps' | 'discriminatorSteps'>,
  images: Pick<PackedImages, 'count'>,
  position: { readonly rng: Rng; readonly done: number },
): Generator<Batch> {
  const { count } = images;
  const { batchSize, discriminatorSteps: updates = 1 } = config;
  const perEpoch = batchesPerEpoch(config, count);
  const end = totalSteps(config, count);
  let order: { epoch: number; permutation: Uint32Array } | undefined;
  for (let step = position.done + 1; step <= end; step++) {
    const before = (step - 1) * updates;
    for (let update = 1; update <= updates; update++) {
      const place = before + update - 1;
      const epoch = Math.floor(place / perEpoch) + 1;
      if (order?.epoch !== epoch)
        order = { epoch, permutation: position.rng.split(`epoch/${epoch}`).permutation(count) };
      const first = (place % perEpoch) * batchSize;
      const indices = order.permutation.subarray(first, first + batchSize);
      yield { step, update, epoch: Math.floor(before / perEpoch) + 1, indices };
    }
  }
}
