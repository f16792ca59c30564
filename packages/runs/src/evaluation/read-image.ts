import { readFile } from 'node:fs/promises';
import { decodeImage } from '@medgan/data';
import { MedganError, messageOf } from '@medgan/files';
import type { MetricImages } from '@medgan/plugin-api';
import sharp from 'sharp';

/** A gigapixel of floats is more than a machine holds. */
const MOST_PIXELS = 100e6;

async function reading<T>(path: string, read: (bytes: Buffer) => Promise<T>): Promise<T> {
  try {
    return await read(await readFile(path));
  } catch (error) {
    throw new MedganError(`${path} cannot be read as an image: ${messageOf(error)}`, {
      cure: 'give a JPEG, PNG, BMP, TIFF, WebP, GIF or DICOM file',
      cause: error,
    });
  }
}

/**
 * One image file as RGB in [0, 1], NHWC [1, height, width, 3], at its own size, read as datasets read it: EXIF orientation
 * applied, grey spread over three channels, alpha dropped, colour profiles ignored.
 * @throws MedganError when there is no such file or it is no image.
 */
export const readImage = (path: string): Promise<MetricImages> =>
  reading(path, async (bytes) => {
    const { height, width, channels, data } = await decodeImage(bytes, MOST_PIXELS);
    return { count: 1, height, width, channels, values: Float32Array.from(data, (byte) => byte / 255) };
  });

/**
 * Width and height of an image file, before EXIF turns it; only what libvips does not know is decoded for them.
 * @throws MedganError when there is no such file or it is no image.
 */
export const sizeOfImage = (path: string): Promise<{ width: number; height: number }> =>
  reading(path, async (bytes) => {
    const header = await sharp(bytes)
      .metadata()
      .catch(() => undefined);
    const { width, height } = header ?? (await decodeImage(bytes, MOST_PIXELS));
    return { width, height };
  });
