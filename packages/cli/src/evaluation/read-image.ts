import { readFile } from 'node:fs/promises';
import { MedganError, messageOf, type MetricImages } from '@medgan/plugin-api';
import sharp from 'sharp';

/**
 * One image file as RGB in [0, 1], NHWC [1, height, width, 3], at its own size: EXIF orientation applied, grey spread
 * over three channels, alpha dropped, colour profiles ignored, as datasets are read.
 * @throws MedganError when there is no such file or it is no image.
 */
export async function readImage(path: string): Promise<MetricImages> {
  try {
    const { data, info } = await sharp(await readFile(path), { failOn: 'error', ignoreIcc: true })
      .autoOrient()
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { height, width, channels } = info;
    return { count: 1, height, width, channels, values: Float32Array.from(data, (byte) => byte / 255) };
  } catch (error) {
    throw new MedganError(`${path} cannot be read as an image: ${messageOf(error).split('\n')[0]!}`, {
      cure: 'give a JPEG, PNG, WebP, TIFF or GIF',
      cause: error,
    });
  }
}
