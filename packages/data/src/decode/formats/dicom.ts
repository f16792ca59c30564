import { ascii, type FileFormat } from './format.ts';

/** Bytes before the magic, which may hold anything. */
const PREAMBLE = 128;

/**
 * A single DICOM image: grey through its window, RGB, YBR and palettes; uncompressed, run-length, JPEG, lossless JPEG,
 * JPEG-LS and JPEG 2000. Stacks, films, documents and reports are refused by name.
 */
export const dicom: FileFormat = {
  name: 'DICOM',
  matches: (bytes) => ascii(bytes, PREAMBLE, PREAMBLE + 4) === 'DICM',
  async decode(bytes, settings) {
    const { readDicom } = await import('./dicom/read-dicom.ts');
    return readDicom(bytes, settings);
  },
};
