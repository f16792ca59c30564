import { ascii, type FileFormat } from './format.ts';
import { colourImage, paletteImage } from './dicom/colours.ts';
import { readFrame } from './dicom/frame.ts';
import { greyImage } from './dicom/greys.ts';
import { readHeader } from './dicom/header.ts';

/** Bytes before the magic, which may hold anything. */
const PREAMBLE = 128;

/** What was thrown as an error in one line: dicom-parser also throws texts, and objects that hold an error. */
function inWords(thrown: unknown): Error {
  if (thrown instanceof Error && thrown.message.startsWith('DICOM')) return thrown;
  const inner =
    typeof thrown === 'object' && thrown !== null && 'exception' in thrown ? thrown.exception : thrown;
  const text = inner instanceof Error ? inner.message : String(inner);
  const line = text.split('\n')[0]!.replace(/^dicomParser\.\w+: /, '');
  return new Error(`DICOM file is damaged: ${line}`, { cause: thrown });
}

/**
 * A single DICOM image: grey through its window, RGB, YBR and palettes; uncompressed, run-length, JPEG, lossless JPEG,
 * JPEG-LS and JPEG 2000. Stacks, films, documents and reports are refused by name.
 */
export const dicom: FileFormat = {
  name: 'DICOM',
  matches: (bytes) => ascii(bytes, PREAMBLE, PREAMBLE + 4) === 'DICM',
  async decode(bytes, { maxPixels, window }) {
    try {
      const header = readHeader(bytes, maxPixels);
      const frame = await readFrame(bytes, header);
      if (header.samplesPerPixel === 3) return colourImage(frame, header);
      if (header.photometric === 'PALETTE COLOR') return paletteImage(frame, header);
      if (!header.photometric.startsWith('MONOCHROME'))
        throw new Error(`DICOM colours ${header.photometric} of one sample are not read`);
      return greyImage(frame, { header, window });
    } catch (thrown) {
      throw inWords(thrown);
    }
  },
};
