import { findImages } from '@medgan/data';
import { MedganError } from '@medgan/files';

/**
 * The images in a folder and the folders in it that datasets would find there: paths relative to it, with `/` on every
 * system, sorted.
 * @throws MedganError when the folder cannot be read, holds none, or one of them cannot be used.
 */
export async function listImages(folder: string): Promise<string[]> {
  const found = await findImages(folder, { who: 'medgan metrics', outsideLinks: false });
  if (found.length === 0) {
    throw new MedganError(`folder ${folder} holds no images`, {
      cure: 'give a folder with JPEG, PNG, BMP, TIFF, WebP or DICOM files',
    });
  }
  for (const { path, fault } of found)
    if (fault !== undefined) throw new MedganError(`${path} cannot be read as an image: ${fault}`);
  return found.map(({ name }) => name).sort();
}
