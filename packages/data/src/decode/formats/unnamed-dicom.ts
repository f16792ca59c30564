import { open } from 'node:fs/promises';
import { dicom } from './dicom.ts';

/** Bytes by which a DICOM file is known, with its preamble or without. */
const START = 512;

/** As scanners name their files: without an extension, or by a UID alone. */
const UNNAMED = /^([^.]+|[\d.]+)$/;

/**
 * Whether a regular file without an extension is a DICOM file by its first bytes. `DICOMDIR`, an index, is none; nor is
 * what cannot be opened.
 */
export async function isUnnamedDicom(name: string, path: string): Promise<boolean> {
  if (!UNNAMED.test(name) || name === 'DICOMDIR') return false;
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(START), 0, START, 0);
      return dicom.matches(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
