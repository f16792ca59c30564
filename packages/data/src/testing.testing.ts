/** An archive server and DICOM files, for tests outside of the package. */

export { ArchiveServer } from '../test/archive-server.ts';
export { greyElements, writeDicom } from './decode/formats/dicom/write-dicom.testing.ts';
