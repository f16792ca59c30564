import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { MedganError, messageOf } from '@medgan/plugin-api';

const IMAGE = /\.(jpe?g|png|bmp|webp|tiff?|gif)$/i;

/**
 * Images in a folder and the folders in it, by name: paths relative to it, with `/` on every system, sorted.
 * @throws MedganError when the folder cannot be read or holds none.
 */
export async function listImages(folder: string): Promise<string[]> {
  let names: string[];
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    names = entries
      .filter((entry) => entry.isFile() && IMAGE.test(entry.name) && !entry.name.startsWith('.'))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  } catch (error) {
    throw new MedganError(`folder ${folder} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  if (names.length === 0) {
    throw new MedganError(`folder ${folder} holds no images`, {
      cure: 'give a folder with JPEG, PNG, BMP, WebP, TIFF or GIF files',
    });
  }
  return names.sort();
}
