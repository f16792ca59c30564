import type { ImageFormat } from '@medgan/plugin-api';
import type { ByteImage } from '../byte-image.ts';
import { resizeAndCrop, toGrey } from './resize/pillow-resize.ts';

function toColour({ width, height, channels, data }: ByteImage): ByteImage {
  if (channels === 3) return { width, height, channels, data };
  const rgb = new Uint8Array(3 * data.length);
  for (let i = 0, p = 0; i < data.length; i++, p += 3) rgb.fill(data[i]!, p, p + 3);
  return { width, height, channels: 3, data: rgb };
}

/**
 * Brings a decoded image into a run's format, as it is done with images on disk: colour becomes grey by its luma, grey
 * is spread over three channels, the shorter side is resized and the centre cropped. `out` is filled: uint8
 * [size, size, channels].
 */
export function fitImage(image: ByteImage, { size, channels }: ImageFormat, out: Uint8Array): void {
  resizeAndCrop(channels === 1 ? toGrey(image) : toColour(image), size, out);
}
