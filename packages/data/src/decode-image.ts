import sharp from 'sharp';
import { decodeBmp, isBmp } from './bmp.ts';
import type { ByteImage } from './pillow-resize.ts';

/**
 * Names what decides decoded pixels besides the file: this reader's own rules and the codecs' release.
 * Raise the first number with every change that alters a pixel.
 */
export const DECODER_VERSION = `1 (libvips ${sharp.versions.vips})`;

type Format = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'bmp';

function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

/**
 * The format by content: names lie. libvips would also open SVG, PDF and others, which no image folder should feed it.
 */
function sniff(bytes: Uint8Array): Format | undefined {
  if (isBmp(bytes)) return 'bmp';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'webp';
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return 'gif';
  if (/^(II[*+]\0|MM\0[*+])$/.test(ascii(bytes, 0, 4))) return 'tiff';
  return undefined;
}

/** libvips answers in several lines, some of them empty, some ending in a colon; the first says what is wrong. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split('\n').find((candidate) => candidate.trim() !== '') ?? text;
  return line.trim().replace(/:$/, '');
}

async function decodeBySharp(bytes: Uint8Array, format: Format, maxPixels: number): Promise<ByteImage> {
  const image = sharp(bytes, {
    limitInputPixels: maxPixels,
    // Cut-off and corrupt files fail; harmless oddities that every viewer ignores do not.
    failOn: 'error',
    // Pillow ignores profiles too. CMYK is still converted, by libvips's own profile.
    ignoreIcc: true,
  });
  if (format === 'tiff') {
    const { depth } = await image.metadata();
    if (depth !== undefined && !['uchar', 'ushort'].includes(depth)) {
      throw new Error(`TIFF samples are ${depth}, whose range is unknown; save it with 8 or 16 bits`);
    }
  }
  const { data, info } = await image
    .autoOrient()
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels instead of 3`);
  return { width: info.width, height: info.height, channels: 3, data };
}

/**
 * Decodes a JPEG, PNG, WebP, TIFF, GIF or BMP to RGB uint8 [height, width, 3]. EXIF orientation is applied; grey is
 * spread over the three channels; alpha is dropped, not blended, as Pillow's `convert('RGB')` does; CMYK becomes sRGB;
 * of 16 bits the upper 8 are kept; of an animation or a multi-page file the first image is taken.
 * @throws Error with one line that says why the bytes cannot be read.
 */
export async function decodeImage(bytes: Uint8Array, maxPixels: number): Promise<ByteImage> {
  if (bytes.length === 0) throw new Error('the file is empty');
  const format = sniff(bytes);
  if (format === undefined) throw new Error('not a JPEG, PNG, BMP, TIFF, WebP or GIF by its content');
  if (format === 'bmp') return decodeBmp(bytes, maxPixels);
  try {
    return await decodeBySharp(bytes, format, maxPixels);
  } catch (error) {
    throw new Error(firstLine(error), { cause: error });
  }
}
