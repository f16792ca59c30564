import { homedir } from 'node:os';
import { join } from 'node:path';
import { MedganError, resolvePath } from '@medgan/files';
import { parseBytes } from '../run/sizes-and-ages.ts';

/** Where decoded images are kept: the given folder, that of MEDGAN_CACHE, or the system's folder for caches. */
export function cacheFolder(asked: string | undefined): string {
  const named = asked ?? process.env['MEDGAN_CACHE'];
  return resolvePath(named ?? join(process.env['XDG_CACHE_HOME'] ?? join(home(), '.cache'), 'medgan'));
}

/** @throws MedganError in a container without HOME whose user id has no entry in the password file */
function home(): string {
  try {
    return homedir();
  } catch (cause) {
    throw new MedganError('no folder for decoded images: this user has no home folder', {
      cure: 'set MEDGAN_CACHE to a folder, or HOME',
      cause,
    });
  }
}

/** Bytes that folder may hold, by MEDGAN_CACHE_SIZE; undefined = any number. @throws MedganError when that is no size. */
export function cacheLimit(): number | undefined {
  const text = process.env['MEDGAN_CACHE_SIZE'];
  return text === undefined || text === '' ? undefined : parseBytes(text, 'MEDGAN_CACHE_SIZE');
}
