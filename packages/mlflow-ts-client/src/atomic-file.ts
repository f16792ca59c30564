import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Writes a file that is wholly there or not at all: a temporary one beside it, then a rename. Makes its folder. */
export async function writeFileAtomically(path: string, pieces: Pieces): Promise<void> {
  await replaceAtomically(path, async (write) => {
    for await (const piece of pieces) await write(piece);
  });
}

/** The same for a producer that pushes. */
export async function replaceAtomically(
  path: string,
  produce: (write: (piece: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await produce((piece) => file.appendFile(piece));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
