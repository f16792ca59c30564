import { readFile } from 'node:fs/promises';
import { decodeImage } from '@medgan/data';
import { MedganError, messageOf, type MetricImages } from '@medgan/plugin-api';

/** A gigapixel of floats is more than a machine holds. */
const MOST_PIXELS = 100e6;

/**
 * One image file as RGB in [0, 1], NHWC [1, height, width, 3], at its own size, read as datasets read it: EXIF orientation
 * applied, grey spread over three channels, alpha dropped, colour profiles ignored.
 * @throws MedganError when there is no such file or it is no image.
 */
export async function readImage(path: string): Promise<MetricImages> {
  try {
    const { height, width, channels, data } = await decodeImage(await readFile(path), MOST_PIXELS);
    return { count: 1, height, width, channels, values: Float32Array.from(data, (byte) => byte / 255) };
  } catch (error) {
    throw new MedganError(`${path} cannot be read as an image: ${messageOf(error)}`, {
      cure: 'give a JPEG, PNG, BMP, TIFF, WebP, GIF or DICOM file',
      cause: error,
    });
  }
}
