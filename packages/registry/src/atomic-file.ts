import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MedganError } from '@medgan/plugin-api';

/**
 * Writes a text file that is wholly there or not at all; its folder is made. A temporary file beside it is renamed over
 * the old one once it is on the disk.
 * @throws MedganError naming the file; the old one is then untouched.
 */
export function writeTextAtomically(path: string, text: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(temporary, 'w');
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new MedganError(
      `${path} cannot be written (${cause instanceof Error ? cause.message : String(cause)})`,
      {
        cure: 'check the free space and the permissions of the folder, or choose another one',
        cause,
      },
    );
  }
}
