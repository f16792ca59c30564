import type { ImageReader } from '@medgan/plugin-api';
import type { AugmentBatch } from './augment-batch.ts';
import type { Batch } from './batches.ts';

/** A batch with its images: uint8, NHWC [indices.length, size, size, channels]. */
export interface ReadBatch extends Batch {
  readonly pixels: Uint8Array;
}

/**
 * Reads the images of each batch, and augments them, while the one before is trained on, so that training does not wait
 * for the disk. One batch is read ahead; leaving the loop early waits for it.
 * @throws what reading throws, at the batch that could not be read.
 */
export async function* readAhead(
  images: ImageReader,
  batches: Iterable<Batch>,
  augment?: AugmentBatch,
): AsyncGenerator<ReadBatch> {
  const readBatch = async (batch: Batch): Promise<ReadBatch> => {
    const read = { ...batch, pixels: await images.read(batch.indices) };
    augment?.(read);
    return read;
  };
  let next: Promise<ReadBatch> | undefined;
  try {
    for (const batch of batches) {
      const current = next;
      next = readBatch(batch);
      // Told at its turn; until then it must not count as unhandled.
      next.catch(() => undefined);
      if (current) yield await current;
    }
    if (next) yield await next;
  } finally {
    await next?.catch(() => undefined);
  }
}
