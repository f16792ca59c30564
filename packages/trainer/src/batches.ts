import type { PackedImages, Rng } from '@medgan/plugin-api';
import { stepsPerEpoch, totalSteps, type RunConfig } from './run-config.ts';

/** One batch: which images, and where in the run it stands. */
export interface Batch {
  /** From 1. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  readonly indices: Uint32Array;
}

/**
 * The batches of a run after step `done`, in order. The order within an epoch depends on the seed and the epoch only,
 * so a run that goes on at any step sees the batches it would have seen.
 */
export function* batches(
  config: Pick<RunConfig, 'batchSize' | 'epochs' | 'maxSteps'>,
  images: Pick<PackedImages, 'count'>,
  position: { readonly rng: Rng; readonly done: number },
): Generator<Batch> {
  const { count } = images;
  const perEpoch = stepsPerEpoch(config, count);
  const end = totalSteps(config, count);
  let order: { epoch: number; permutation: Uint32Array } | undefined;
  for (let step = position.done + 1; step <= end; step++) {
    const epoch = Math.ceil(step / perEpoch);
    if (order?.epoch !== epoch)
      order = { epoch, permutation: position.rng.split(`epoch/${epoch}`).permutation(count) };
    const first = ((step - 1) % perEpoch) * config.batchSize;
    yield { step, epoch, indices: order.permutation.subarray(first, first + config.batchSize) };
  }
}
