import { readdir, readFile } from 'node:fs/promises';
import { MedganError, messageOf } from './errors.ts';
import { isAbsent } from './file-error.ts';

/** What a reader's error says. */
interface ReadOptions {
  /** What to do about a file that cannot be read. */
  readonly cure?: string;
}

/** A text file, UTF-8; undefined where there is none. @throws MedganError when it cannot be read. */
export async function readText(path: string, options: ReadOptions = {}): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw unreadable(path, cause, options);
  }
}

/**
 * A JSON file; undefined where there is none. Its type is what the caller says it is: nothing is checked.
 * @throws MedganError when it cannot be read or is no JSON.
 */
export async function readJson<T>(path: string, options: ReadOptions = {}): Promise<T | undefined> {
  const text = await readText(path, options);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as T);
  } catch (cause) {
    throw unreadable(path, cause, options);
  }
}

/** The names in a folder; none where it does not exist. @throws the system's error when it cannot be read. */
export async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

const unreadable = (path: string, cause: unknown, options: ReadOptions): MedganError =>
  new MedganError(`${path} cannot be read: ${messageOf(cause)}`, { ...options, cause });
