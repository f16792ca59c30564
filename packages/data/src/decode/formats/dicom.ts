import { hasPreamble, isBareDataSet } from './dicom/complete-file.ts';
import type { FileFormat } from './format.ts';

/**
 * A single DICOM image: grey through its window, RGB, YBR and palettes; uncompressed, run-length, JPEG, lossless JPEG,
 * JPEG-LS and JPEG 2000. The preamble may be absent, or that of another format. Stacks, films, documents and reports are
 * refused by name.
 */
export const dicom: FileFormat = {
  name: 'DICOM',
  matches: (bytes) => hasPreamble(bytes) || isBareDataSet(bytes),
  async decode(bytes, settings) {
    const { readDicom } = await import('./dicom/read-dicom.ts');
    return readDicom(bytes, settings);
  },
};
