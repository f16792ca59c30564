import { decodeBySharp, inOneLine, openBySharp } from './by-sharp.ts';
import { explicitWindow, readThroughWindow } from './deep-samples.ts';
import { ascii, type FileFormat } from './format.ts';

/** Where a PNG's header says its bits per sample. */
const BIT_DEPTH = 24;

/** PNG of 1 to 16 bits; of an animation (APNG) the still picture that every reader shows. */
export const png: FileFormat = {
  name: 'PNG',
  matches: (bytes) => ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n',
  decode(bytes, settings) {
    const window = explicitWindow(settings.window);
    if (window === undefined || bytes[BIT_DEPTH] !== 16) return decodeBySharp(bytes, settings);
    return inOneLine(async () => readThroughWindow(await openBySharp(bytes, settings), window));
  },
};
