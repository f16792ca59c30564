import { inOneLine, openBySharp, readBytes } from './by-sharp.ts';
import { explicitWindow, readThroughWindow } from './deep-samples.ts';
import { ascii, type FileFormat } from './format.ts';

/** TIFF of 8 or 16 bits; of several pages the first. The range of other samples is known only by a window. */
export const tiff: FileFormat = {
  name: 'TIFF',
  matches: (bytes) => /^(II[*+]\0|MM\0[*+])$/.test(ascii(bytes, 0, 4)),
  decode: (bytes, settings) =>
    inOneLine(async () => {
      const image = await openBySharp(bytes, settings);
      const { depth = 'uchar' } = await image.metadata();
      if (depth === 'uchar') return readBytes(image);
      const window = explicitWindow(settings.window);
      if (depth === 'ushort') return window ? readThroughWindow(image, window) : readBytes(image);
      throw new Error(`TIFF samples are ${depth}, whose range is unknown; save it with 8 or 16 bits`);
    }),
};
