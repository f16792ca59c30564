import { decodeBySharp } from './by-sharp.ts';
import { ascii, type FileFormat } from './format.ts';

/** GIF; of an animation the first frame. */
export const gif: FileFormat = {
  name: 'GIF',
  matches: (bytes) => /^GIF8[79]a$/.test(ascii(bytes, 0, 6)),
  decode: decodeBySharp,
};
