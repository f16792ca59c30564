import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SkippedFile } from './decode-pack.ts';
import { leasedIn } from '@medgan/files';
import { PackReader } from './pack-file.ts';

/** A request's answer on disk, `<key>.key.json`: which pack it is. */
export interface Pointer {
  readonly fingerprint: string;
  readonly skipped: readonly SkippedFile[];
}

export const PACK_NAME = /^([0-9a-f]{64})\.pack$/;
const POINTER_NAME = /^[0-9a-f]{64}\.key\.json$/;
/** Packs and keys that were never finished. */
const UNFINISHED_NAME =
  /^(building-[0-9a-f-]{36}\.pack\.tmp|[0-9a-f]{64}\.(pack|key\.json)\.[0-9a-f-]{36}\.tmp|[0-9a-f]{64}\.key\.json\.\d+(-\d+)?\.partial)$/;

/** Whether a file or its folder is not there. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** One pack of a cache folder. */
export interface CacheEntry {
  readonly fingerprint: string;
  readonly bytes: number;
  /** When it was last opened or written, in milliseconds since the Unix epoch. */
  readonly used: number;
  /** A run that goes on now reads it. */
  readonly inUse: boolean;
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** The keys of a cache folder: which pack each points to (undefined: it cannot be read), and when it was used. */
async function readPointers(
  dir: string,
  names: readonly string[],
): Promise<{ path: string; fingerprint: string | undefined; used: number }[]> {
  const pointers = [];
  for (const name of names) {
    if (!POINTER_NAME.test(name)) continue;
    const path = join(dir, name);
    try {
      const { mtimeMs } = await stat(path);
      const text = await readFile(path, 'utf8').catch(() => '');
      const fingerprint = /^\{"fingerprint":"([0-9a-f]{64})"/.exec(text)?.[1];
      pointers.push({ path, fingerprint, used: mtimeMs });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return pointers;
}

/** The packs in a cache folder, the one that was not used for longest first; none where the folder does not exist. */
export async function listPackedCache(dir: string): Promise<CacheEntry[]> {
  const names = await namesIn(dir);
  if (names.length === 0) return [];
  const used = new Map<string, number>();
  for (const pointer of await readPointers(dir, names)) {
    if (pointer.fingerprint === undefined) continue;
    used.set(pointer.fingerprint, Math.max(pointer.used, used.get(pointer.fingerprint) ?? 0));
  }
  const leased = await leasedIn(dir);
  const entries: CacheEntry[] = [];
  for (const name of names) {
    const fingerprint = PACK_NAME.exec(name)?.[1];
    if (fingerprint === undefined) continue;
    const { size, mtimeMs } = await stat(join(dir, name));
    entries.push({
      fingerprint,
      bytes: size,
      used: Math.max(mtimeMs, used.get(fingerprint) ?? 0),
      inUse: leased.has(name),
    });
  }
  return entries.sort((a, b) => a.used - b.used || (a.fingerprint < b.fingerprint ? -1 : 1));
}

/** What is in a pack, by its header. @throws Error when it is damaged. */
export async function describePack(
  dir: string,
  fingerprint: string,
): Promise<{ count: number; size: number; channels: 1 | 3 }> {
  const pack = await PackReader.open(join(dir, `${fingerprint}.pack`));
  await pack.close();
  const { names, size, channels } = pack.header;
  return { count: names.length, size, channels };
}

/** Which packs are to go. */
export interface ClearOptions {
  /** Remove until at most so many bytes are left; default 0: all. */
  readonly maxBytes?: number;
  /** Only packs last used before this, in milliseconds since the Unix epoch; default: all. */
  readonly usedBefore?: number;
  /** A pack to leave. */
  readonly keep?: string;
}

/** What clearing the cache took away, or would have. */
export interface Cleared {
  readonly removed: readonly CacheEntry[];
  /** Packs that would have gone, had no run been reading them. */
  readonly inUse: readonly CacheEntry[];
  /** Bytes of the packs removed, and of what was never finished. */
  readonly bytes: number;
}

/**
 * Removes packs, those not used for longest first, then the keys that point nowhere and what was never finished. Only
 * files the cache made are touched, and none that a living process reads or writes.
 */
export async function clearPackedCache(dir: string, options: ClearOptions = {}): Promise<Cleared> {
  const { maxBytes = 0, usedBefore = Infinity, keep } = options;
  const entries = await listPackedCache(dir);
  const [removed, inUse]: [CacheEntry[], CacheEntry[]] = [[], []];
  let left = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const entry of entries) {
    if (left <= maxBytes) break;
    if (entry.used >= usedBefore || entry.fingerprint === keep) continue;
    if (entry.inUse) {
      inUse.push(entry);
      continue;
    }
    await rm(join(dir, `${entry.fingerprint}.pack`), { force: true });
    removed.push(entry);
    left -= entry.bytes;
  }
  const unfinished = await removeRemains(dir);
  return { removed, inUse, bytes: removed.reduce((sum, { bytes }) => sum + bytes, unfinished) };
}

/** Removes what is of no use to anybody; gives its bytes. */
async function removeRemains(dir: string): Promise<number> {
  const names = await namesIn(dir);
  if (names.length === 0) return 0;
  const packs = new Set(names.map((name) => PACK_NAME.exec(name)?.[1]));
  for (const { path, fingerprint } of await readPointers(dir, names))
    if (fingerprint === undefined || !packs.has(fingerprint)) await rm(path, { force: true });
  const leased = await leasedIn(dir);
  let bytes = 0;
  for (const name of names) {
    if (!UNFINISHED_NAME.test(name) || leased.has(name)) continue;
    bytes += await stat(join(dir, name)).then(
      ({ size }) => size,
      () => 0,
    );
    await rm(join(dir, name), { force: true });
  }
  return bytes;
}
