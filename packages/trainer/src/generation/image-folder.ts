import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { finishedName, makeFolder, MedganError, messageOf, readJson, someOf } from '@medgan/files';
import { writeDrawing } from '../drawing/png.ts';
import type { ByteImages } from '../byte-images.ts';

/** Beside the images: all of them on one sheet, and how they were made. */
export const GRID_NAME = 'grid.png';
/** The file in a folder of generated images that says where they are from. */
export const RECORD_NAME = 'generation.json';

/** `000042.png`: names sort as numbers do, up to a million images. */
const imageName = (index: number): string => `${String(index).padStart(6, '0')}.png`;

/** How many images a generation has written at most, by its record; undefined where there is no record. */
async function recordedImages(folder: string): Promise<number | undefined> {
  const record = await readJson<{ readonly images?: unknown; readonly planned?: unknown }>(
    join(folder, RECORD_NAME),
  );
  if (record === undefined) return undefined;
  return Math.max(Number(record.planned) || 0, Number(record.images) || 0);
}

/**
 * Makes the folder, and sees that it is empty. With `force`, the images of an earlier generation, which its record
 * counts, are removed; other files are never touched.
 * @throws MedganError when the folder is not empty, holds a file that an image would overwrite, or cannot be made.
 */
export async function prepareImageFolder(
  folder: string,
  { count, force }: { readonly count: number; readonly force: boolean },
): Promise<void> {
  let names: string[];
  let recorded: number | undefined;
  try {
    await makeFolder(folder);
    names = await readdir(folder);
    recorded = await recordedImages(folder);
  } catch (cause) {
    throw new MedganError(`folder ${folder} cannot be used: ${messageOf(cause)}`, {
      cure: 'check that the path is a writable folder, or choose another one',
      cause,
    });
  }
  if (names.length === 0) return;
  if (!force) {
    const replace =
      recorded === undefined ? '' : ', or replace the images of the earlier generation: --force';
    throw new MedganError(`${folder} is not empty`, { cure: `choose another folder${replace}` });
  }
  const own = new Set(
    recorded === undefined
      ? []
      : [GRID_NAME, RECORD_NAME, ...Array.from({ length: recorded }, (_, i) => imageName(i))],
  );
  const foreign = names.filter((name) => !own.has(finishedName(name)));
  const written = new Set([GRID_NAME, ...Array.from({ length: count }, (_, i) => imageName(i))]);
  const inTheWay = foreign.filter((name) => written.has(name)).sort();
  if (inTheWay.length > 0) {
    throw new MedganError(`${folder} holds files that no generation has written: ${someOf(inTheWay)}`, {
      cure: 'choose another folder',
    });
  }
  for (const name of names.filter((each) => own.has(finishedName(each)))) await rm(join(folder, name));
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
