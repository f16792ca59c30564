import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MedganError, messageOf } from './errors.ts';

/**
 * Writes a file so that `path` holds the old content or the new and never a half; makes the folder where it is missing.
 * `durable` (default) waits for the disk, so that this holds after a power cut too.
 * @throws MedganError when the disk or the folder refuses; what was at `path` is untouched.
 */
export async function writeFileAtomically(
  path: string,
  content: Uint8Array | string,
  { durable = true }: { readonly durable?: boolean } = {},
): Promise<void> {
  const temporary = `${path}.${process.pid}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(content);
      if (durable) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new MedganError(`${path} cannot be written: ${messageOf(cause)}`, {
      cure: 'check that the folder is writable and its disk not full, or choose another one',
      cause,
    });
  }
}
