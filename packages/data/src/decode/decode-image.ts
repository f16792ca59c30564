import type { DecodeSettings } from './formats/format.ts';
import { FORMAT_NAMES, formatOf } from './formats/formats.ts';
import type { ByteImage } from '../byte-image.ts';

/**
 * Decodes a file of any of the `FORMATS` to RGB uint8 [height, width, 3]. EXIF orientation is applied; grey is
 * spread over the three channels; alpha is dropped, not blended, as Pillow's `convert('RGB')` does; CMYK becomes sRGB;
 * more than 8 bits become 8 as `window` says; of an animation or a multi-page file the first image is taken.
 * @throws Error with one line that says why the bytes cannot be read.
 */
export async function decodeImage(
  bytes: Uint8Array,
  maxPixels: number,
  window?: DecodeSettings['window'],
): Promise<ByteImage> {
  if (bytes.length === 0) throw new Error('the file is empty');
  const format = formatOf(bytes);
  if (format === undefined) throw new Error(`not a ${FORMAT_NAMES} by its content`);
  return format.decode(bytes, { maxPixels, window });
}
