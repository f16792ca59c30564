import { decodeBySharp } from './by-sharp.ts';
import { ascii, type FileFormat } from './format.ts';

/** WebP; of an animation the first frame. */
export const webp: FileFormat = {
  name: 'WebP',
  matches: (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP',
  decode: decodeBySharp,
};
