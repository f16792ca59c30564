import type { ImageReader } from '@medgan/plugin-api';
import type { AugmentBatch } from './augment-batch.ts';
import type { Batch, ReadBatch } from './batches.ts';

/**
 * Reads the images of each series of batches, and augments them, while the one before is trained on, so that training
 * does not wait for the disk. One series is read ahead; leaving the loop early waits for it.
 * @throws what reading throws, at the series that could not be read.
 */
export async function* readAhead(
  images: ImageReader,
  allSeries: Iterable<readonly Batch[]>,
  augment?: AugmentBatch,
): AsyncGenerator<readonly ReadBatch[]> {
  const readSeries = async (series: readonly Batch[]): Promise<readonly ReadBatch[]> => {
    const all: ReadBatch[] = [];
    for (const batch of series) {
      const read = { ...batch, pixels: await images.read(batch.indices) };
      augment?.(read);
      all.push(read);
    }
    return all;
  };
  let next: Promise<readonly ReadBatch[]> | undefined;
  try {
    for (const series of allSeries) {
      const current = next;
      next = readSeries(series);
      // Rethrown when this series is awaited; until then Node must not report it as unhandled.
      next.catch(() => undefined);
      if (current) yield await current;
    }
    if (next) yield await next;
  } finally {
    await next?.catch(() => undefined);
  }
}
