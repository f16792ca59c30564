import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { makeFolder, MedganError, messageOf } from '@medgan/files';
import { writeDrawing } from '../drawing/png.ts';
import type { ByteImages } from '../byte-images.ts';

/** Beside the images: all of them on one sheet, and how they were made. */
export const GRID_NAME = 'grid.png';
/** The file in a folder of generated images that says where they are from. */
export const RECORD_NAME = 'generation.json';

/** `000042.png`: names sort as numbers do, up to a million images. */
const imageName = (index: number): string => `${String(index).padStart(6, '0')}.png`;

/** What an earlier generation left, half-written files included. */
const isOurs = (name: string): boolean =>
  /^\d{6,}\.png(\.partial)?$/.test(name) ||
  [GRID_NAME, RECORD_NAME].some((own) => name === own || (name.startsWith(own) && name.endsWith('.partial')));

/**
 * Makes the folder, and sees that it is empty. With `force`, images of an earlier generation are removed; other files
 * are never touched.
 * @throws MedganError when it is not empty, or cannot be made.
 */
export async function prepareImageFolder(folder: string, force: boolean): Promise<void> {
  let names: string[];
  try {
    await makeFolder(folder);
    names = await readdir(folder);
  } catch (cause) {
    throw new MedganError(`folder ${folder} cannot be used: ${messageOf(cause)}`, {
      cure: 'check that the path is a writable folder, or choose another one',
      cause,
    });
  }
  if (names.length > 0 && !force) {
    throw new MedganError(`${folder} is not empty`, {
      cure: 'choose another folder, or replace the images of an earlier generation: --force',
    });
  }
  for (const name of names.filter(isOurs)) await rm(join(folder, name));
}

/** Lossless, and as fast as it is small on what generators make. */
const PNG = { compressionLevel: 4, adaptiveFiltering: true, palette: false } as const;

/** Writes the first `count` images of a chunk as PNG, numbered from `first`; sharp encodes them on threads of its own. */
export async function writeImages(
  folder: string,
  images: ByteImages,
  { first, count }: { first: number; count: number },
): Promise<void> {
  const { size, channels, pixels } = images;
  const each = size * size * channels;
  const raw = { width: size, height: size, channels: channels as 1 | 3 };
  await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const png = await sharp(pixels.subarray(i * each, (i + 1) * each), { raw })
        .png(PNG)
        .toBuffer();
      await writeDrawing(join(folder, imageName(first + i)), png);
    }),
  );
}
