import { join } from 'node:path';
import { type BytePixels, RUN_FILES } from '@medgan/plugin-api';
import { imageGrid, writePng } from '@medgan/trainer';
import type { SetTable } from './set-table.ts';

/** Draws the fakes nearest to a real image, nearest first, each above that image. */
export async function drawNearestReal(
  folder: string,
  { reals, fakes }: { readonly reals: BytePixels; readonly fakes: BytePixels },
  { nearestReal, features }: Pick<SetTable, 'nearestReal' | 'features'>,
): Promise<void> {
  const { worst } = nearestReal;
  if (worst.length === 0) return;
  const { size, channels } = fakes;
  const each = size * size * channels;
  const pixels = new Uint8Array(2 * worst.length * each);
  for (const [i, { fake, real }] of worst.entries()) {
    pixels.set(fakes.pixels.subarray(fake * each, (fake + 1) * each), i * each);
    pixels.set(reals.pixels.subarray(real * each, (real + 1) * each), (worst.length + i) * each);
  }
  const title = `above: generated; below: the nearest real image by ${String(features['extractor'])}`;
  const grid = imageGrid({ size, channels, count: 2 * worst.length, pixels }, { columns: worst.length });
  // Loaded here because few commands draw, and the chart library takes a while to load.
  const { captioned } = await import('@medgan/pages');
  await writePng(join(folder, RUN_FILES.nearestReal), await captioned(grid, title));
}
