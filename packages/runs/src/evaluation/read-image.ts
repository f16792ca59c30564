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

/** The values that become 0 and 1, in the units of a file's samples. */
export type ValueRange = readonly [low: number, high: number];

/** The range that has both in it. */
export const wider = (a: ValueRange | undefined, b: ValueRange | undefined): ValueRange | undefined =>
  a && b ? [Math.min(a[0], b[0]), Math.max(a[1], b[1])] : (a ?? b);

/** One image for pair metrics. */
export interface PairImage extends MetricImages {
  /** Smallest and largest sample of a file with 16 bits per sample; absent for 8 bits. */
  readonly deep?: ValueRange;
}

const DEEPEST = 65535;

/** Samples of 16 bits, or undefined where the file has fewer, or is of a kind that libvips does not read. */
async function readDeep(bytes: Buffer, range: ValueRange = [0, DEEPEST]): Promise<PairImage | undefined> {
  const header = await sharp(bytes, { limitInputPixels: MOST_PIXELS })
    .metadata()
    .catch(() => undefined);
  if (header?.depth !== 'ushort') return undefined;
  const colours = header.channels - (header.hasAlpha ? 1 : 0);
  const { data, info } = await sharp(bytes, { limitInputPixels: MOST_PIXELS })
    .autoOrient()
    .removeAlpha()
    .toColourspace(colours >= 3 ? 'rgb16' : 'grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const samples = new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
  const { width, height, channels } = info;
  const values = new Float32Array(width * height * 3);
  const [low, high] = range;
  let [least, most] = [Infinity, -Infinity];
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const sample = samples[pixel * channels + (channels >= 3 ? channel : 0)]!;
      least = Math.min(least, sample);
      most = Math.max(most, sample);
      values[pixel * 3 + channel] = Math.min(1, Math.max(0, (sample - low) / (high - low)));
    }
  }
  return { count: 1, height, width, channels: 3, values, deep: [least, most] };
}

/**
 * One image file as RGB in [0, 1], NHWC [1, height, width, 3], at its own size: EXIF orientation applied, grey spread
 * over three channels, alpha dropped, colour profiles ignored. 16 bits per sample are kept: 0 … 65535 becomes 0 … 1, or
 * `range` does. 8 bits are read as datasets read them, and have no range to choose.
 * @throws MedganError when there is no such file or it is no image.
 */
export const readImage = (path: string, range?: ValueRange): Promise<PairImage> =>
  reading(path, async (bytes) => {
    const deep = await readDeep(bytes, range);
    if (deep) return deep;
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
