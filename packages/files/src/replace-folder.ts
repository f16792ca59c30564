import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAbsent } from './file-error.ts';
import { makeFolder, syncFolder, UNFINISHED } from './write-file.ts';

/**
 * Makes the folder `path` anew: `fill` writes into `<path>.partial`, which then takes the place of `path`. At every
 * moment `path` is the old folder, the new one, or absent; never a part of either. Files that must survive a power cut
 * have to be synced by `fill`. One process at a time may replace a folder.
 * @throws what `fill` and the file system throw; the old folder is then in its place, and no temporary one is left.
 */
export async function replaceFolder(path: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${path}${UNFINISHED}`;
  const old = `${path}.old${UNFINISHED}`;
  const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await remove(draft);
    await makeFolder(draft, true);
    await fill(draft);
    await syncFolder(draft);
    await remove(old);
    // A folder is not removed in one moment, but it is renamed in one.
    const had = await rename(path, old).then(() => true, ifAbsent);
    try {
      await rename(draft, path);
    } catch (error) {
      if (had) await rename(old, path);
      throw error;
    }
    await syncFolder(dirname(path));
  } catch (error) {
    await remove(draft).catch(() => undefined);
    throw error;
  }
  await remove(old);
}

function ifAbsent(error: unknown): false {
  if (isAbsent(error)) return false;
  throw error;
}
