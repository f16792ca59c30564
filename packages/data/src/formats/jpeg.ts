import { decodeBySharp } from './by-sharp.ts';
import type { FileFormat } from './format.ts';

/** JPEG, baseline and progressive; CMYK becomes sRGB. */
export const jpeg: FileFormat = {
  name: 'JPEG',
  matches: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff,
  decode: decodeBySharp,
};
