import { homedir } from 'node:os';
import { join } from 'node:path';
import { resolvePath } from '@medgan/files';
import { parseBytes } from '../run/sizes-and-ages.ts';

/** Where decoded images are kept: the folder asked for, that of MEDGAN_CACHE, or the system's place for caches. */
export function cacheFolder(asked: string | undefined): string {
  const home = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return resolvePath(asked ?? process.env['MEDGAN_CACHE'] ?? join(home, 'medgan'));
}

/** Bytes that folder may hold, by MEDGAN_CACHE_SIZE; undefined = any number. @throws MedganError when that is no size. */
export function cacheLimit(): number | undefined {
  const text = process.env['MEDGAN_CACHE_SIZE'];
  return text === undefined || text === '' ? undefined : parseBytes(text, 'MEDGAN_CACHE_SIZE');
}
