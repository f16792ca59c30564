import type { Sharp } from 'sharp';
import type { ByteImage } from '../../byte-image.ts';
import type { DecodeSettings } from './format.ts';

/** libvips answers in several lines, some of them empty, some ending in a colon; the first says what is wrong. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split('\n').find((candidate) => candidate.trim() !== '') ?? text;
  return line.trim().replace(/:$/, '');
}

/**
 * A file opened by libvips, as every format here is to be read. libvips is loaded with the first file that needs it: it is
 * most of what starting a thread costs, and photographs as cameras write them do without.
 */
export async function openBySharp(bytes: Uint8Array, { maxPixels }: DecodeSettings): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  return sharp(bytes, {
    limitInputPixels: maxPixels,
    // Cut-off and corrupt files fail; harmless oddities that every viewer ignores do not.
    failOn: 'error',
    // Pillow ignores profiles too. CMYK is still converted, by libvips's own profile.
    ignoreIcc: true,
  });
}

/** Runs what reads by libvips, its complaints cut down to the line that says what is wrong. */
export async function inOneLine<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new Error(firstLine(error), { cause: error });
  }
}

/** RGB uint8 [height, width, 3]: turned as EXIF says, alpha dropped, of 16 bits the upper 8. */
export async function readBytes(image: Sharp): Promise<ByteImage> {
  const { data, info } = await image
    .autoOrient()
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels instead of 3`);
  return { width: info.width, height: info.height, channels: 3, data };
}

/** Decodes a file of 8 bits per sample by libvips. */
export const decodeBySharp = (bytes: Uint8Array, settings: DecodeSettings): Promise<ByteImage> =>
  inOneLine(async () => readBytes(await openBySharp(bytes, settings)));
