import { decodeBySharp } from './by-sharp.ts';
import type { FileFormat } from './format.ts';
import { decodeTurboJpeg } from './turbo-jpeg.ts';

/** JPEG, baseline and progressive; CMYK becomes sRGB. */
export const jpeg: FileFormat = {
  name: 'JPEG',
  matches: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff,
  decode: async (bytes, settings) =>
    (await decodeTurboJpeg(bytes, settings)) ?? (await decodeBySharp(bytes, settings)),
};
