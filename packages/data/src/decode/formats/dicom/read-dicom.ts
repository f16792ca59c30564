import type { ByteImage } from '../../../byte-image.ts';
import type { DecodeSettings } from '../format.ts';
import { colourImage, paletteImage } from './colours.ts';
import { readFrame } from './read-frame.ts';
import { greyImage } from './greys.ts';
import { readHeader } from './header.ts';

/** Text of a damaged header may hold line ends and other controls. */
const onOneLine = (text: string): string => text.replace(/\p{Cc}+/gu, '\ufffd');

/** What was thrown as an error in one line: dicom-parser also throws texts, and objects that hold an error. */
function inWords(thrown: unknown): Error {
  if (thrown instanceof Error && thrown.message.startsWith('DICOM'))
    return new Error(onOneLine(thrown.message), { cause: thrown });
  const inner =
    typeof thrown === 'object' && thrown !== null && 'exception' in thrown ? thrown.exception : thrown;
  const text = inner instanceof Error ? inner.message : String(inner);
  const line = text.split('\n')[0]!.replace(/^dicomParser\.\w+: /, '');
  return new Error(`DICOM file is damaged: ${onOneLine(line)}`, { cause: thrown });
}

/**
 * The image of a DICOM file: RGB uint8 [height, width, 3].
 * @throws Error with one line that says why it cannot be read.
 */
export async function readDicom(
  bytes: Uint8Array,
  { maxPixels, window }: DecodeSettings,
): Promise<ByteImage> {
  try {
    const header = readHeader(bytes, maxPixels);
    const frame = await readFrame(header);
    if (frame.components === 3) return colourImage(frame, header);
    if (header.photometric === 'PALETTE COLOR') return paletteImage(frame, header);
    if (!header.photometric.startsWith('MONOCHROME'))
      throw new Error(`DICOM colours ${header.photometric} of one sample are not read`);
    return greyImage(frame, { header, window });
  } catch (thrown) {
    throw inWords(thrown);
  }
}
