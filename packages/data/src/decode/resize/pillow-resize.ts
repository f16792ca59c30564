import type { ByteImage } from '../../byte-image.ts';
import { resample } from './resample.ts';
import { triangleTaps } from './taps.ts';

/** Where the cropped square lies in the resized image, and how large that image would be. */
export interface ResizeGeometry {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

/** Python's `round`: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Geometry of torchvision's `Resize(size)` followed by `CenterCrop(size)`: the shorter side becomes `size`, the longer
 * one int(size · long / short), and the crop starts at round((side − size) / 2), halves to even.
 */
export function resizeGeometry(width: number, height: number, size: number): ResizeGeometry {
  const long = Math.trunc((size * Math.max(width, height)) / Math.min(width, height));
  const resized = width <= height ? { width: size, height: long } : { width: long, height: size };
  return {
    ...resized,
    left: roundHalfEven((resized.width - size) / 2),
    top: roundHalfEven((resized.height - size) / 2),
  };
}

/**
 * Resizes the shorter side to `size` (antialiased bilinear) and crops the centre, into `out`: uint8
 * [size, size, channels]. The same bytes as Pillow's `Image.resize(…, BILINEAR)` under torchvision's
 * `Resize(size)` and `CenterCrop(size)`: horizontal pass first, weights rounded to 22 bits, the result between the
 * passes rounded to 8 bits. Only the pixels of the crop are computed.
 */
export function resizeAndCrop(image: ByteImage, size: number, out: Uint8Array): void {
  const geometry = resizeGeometry(image.width, image.height, size);
  const across = { input: image.width, output: geometry.width, from: geometry.left, wanted: size };
  const down = { input: image.height, output: geometry.height, from: geometry.top, wanted: size };
  resample(image, { across: triangleTaps(across), down: triangleTaps(down) }, out);
}

/** RGB → luma as Pillow's `convert('L')` rounds it (ITU-R 601-2, 16-bit weights). */
export function toGrey(image: ByteImage): ByteImage {
  if (image.channels === 1) return image;
  const { data } = image;
  const grey = new Uint8Array(image.width * image.height);
  for (let i = 0, p = 0; i < grey.length; i++, p += 3) {
    grey[i] = (data[p]! * 19595 + data[p + 1]! * 38470 + data[p + 2]! * 7471 + 0x8000) >> 16;
  }
  return { width: image.width, height: image.height, channels: 1, data: grey };
}
