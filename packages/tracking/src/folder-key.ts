import { randomUUID } from 'node:crypto';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MedganError, messageOf, readText } from '@medgan/files';

/** What tracking keeps in a run's or study's folder. It goes with the folder, and away with it. */
export const trackingDir = (dir: string): string => join(dir, '.mlflow');

const keyPath = (dir: string): string => join(trackingDir(dir), 'id');

/** The key of a folder that was sent before; undefined for one that was not, or whose training began anew. */
export async function knownKey(dir: string): Promise<string | undefined> {
  return (await readText(keyPath(dir)))?.trim();
}

/**
 * The name by which trackers know the run or study in a folder, wherever the folder is moved: drawn once, kept in it.
 * Processes that ask at once get the same.
 */
export async function folderKey(dir: string): Promise<string> {
  const path = keyPath(dir);
  const known = await knownKey(dir);
  if (known) return known;
  const key = randomUUID();
  const written = `${path}.${key}.partial`;
  try {
    await mkdir(trackingDir(dir), { recursive: true });
    await writeFile(written, `${key}\n`);
    await link(written, path);
    return key;
  } catch (cause) {
    const first = await knownKey(dir).catch(() => undefined);
    if (first) return first;
    throw new MedganError(`${path} cannot be written: ${messageOf(cause)}`, {
      cure: 'make the folder writable: trackers note in it what they have sent',
      cause,
    });
  } finally {
    await rm(written, { force: true });
  }
}
