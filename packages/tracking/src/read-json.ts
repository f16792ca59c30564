import { readFile } from 'node:fs/promises';
import { MedganError, messageOf } from '@medgan/files';

/** A JSON file of a run or study folder; undefined where there is none. @throws MedganError when it cannot be read. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new MedganError(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
