import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@medgan/plugin-api';
import {
  readPackedFile,
  readPackHeader,
  writeAtomically,
  writePackedFile,
  type Pack,
} from './packed-file.ts';

export interface SkippedFile {
  readonly name: string;
  readonly reason: string;
}

/** What a request led to: a pack, and the files passed over on the way. */
export interface CachedPack {
  readonly pack: Pack;
  readonly skipped: readonly SkippedFile[];
}

/** A request's answer on disk: which pack it is. */
interface Pointer {
  readonly fingerprint: string;
  readonly skipped: readonly SkippedFile[];
}

const PACK_NAME = /^([0-9a-f]{64})\.pack$/;
const POINTER_NAME = /^[0-9a-f]{64}\.key\.json$/;
const TEMPORARY_NAME = /^[0-9a-f]{64}\.(pack|key\.json)\.[0-9a-f-]{36}\.tmp$/;

/** sha256 (hex) of a list of texts; their borders count. */
export function digestOf(parts: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex');
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/**
 * Decoded images kept between runs. A pack is named by the fingerprint of what is in it; any number of keys point to
 * it: a cheap one (names, sizes, times) that spares reading the files, a certain one (their content) that spares
 * decoding after the files were copied or touched. Files are replaced atomically, so runs may share the folder.
 */
export class PackedCache {
  readonly #dir: string;
  readonly #warn: (message: string) => void;

  constructor(dir: string, warn: (message: string) => void) {
    this.#dir = dir;
    this.#warn = warn;
  }

  #packPath(fingerprint: string): string {
    return join(this.#dir, `${fingerprint}.pack`);
  }

  #pointerPath(key: string): string {
    return join(this.#dir, `${key}.key.json`);
  }

  /** Whether anything is kept here at all. */
  async isEmpty(): Promise<boolean> {
    return (await listPackedCache(this.#dir)).length === 0;
  }

  /** The pack that `key` points to, verified; undefined when there is none or it is damaged (then it is removed). */
  async find(key: string): Promise<CachedPack | undefined> {
    const path = this.#pointerPath(key);
    let fingerprint: string | undefined;
    try {
      const pointer = JSON.parse(await readFile(path, 'utf8')) as Pointer;
      fingerprint = pointer.fingerprint;
      const pack = await readPackedFile(this.#packPath(fingerprint));
      if (pack.fingerprint !== fingerprint) throw new Error('it holds another pack than its name says');
      return { pack, skipped: pointer.skipped };
    } catch (error) {
      if (isMissing(error)) return undefined;
      this.#warn(`data cache: ${path} or its pack is damaged (${messageOf(error)}); it is built anew`);
      await this.#remove(path);
      if (fingerprint !== undefined && PACK_NAME.test(`${fingerprint}.pack`)) {
        await this.#remove(this.#packPath(fingerprint));
      }
      return undefined;
    }
  }

  /** Keeps a pack under the keys. Where that fails, the run goes on without, with a warning. */
  async save(keys: readonly string[], made: CachedPack): Promise<void> {
    try {
      await writePackedFile(this.#packPath(made.pack.fingerprint), made.pack);
    } catch (error) {
      this.#warnUnkept(error);
      return;
    }
    await this.point(keys, made);
  }

  /** Lets the keys point to a pack that is here already. A failure is a warning. */
  async point(keys: readonly string[], { pack, skipped }: CachedPack): Promise<void> {
    const pointer: Pointer = { fingerprint: pack.fingerprint, skipped };
    const text = JSON.stringify(pointer);
    try {
      for (const key of keys) {
        await writeAtomically(this.#pointerPath(key), async (file) => {
          await file.writeFile(text);
        });
      }
    } catch (error) {
      this.#warnUnkept(error);
    }
  }

  async #remove(path: string): Promise<void> {
    // What cannot be removed is written over when the pack is kept, or that says why not.
    await rm(path, { force: true }).catch(() => undefined);
  }

  #warnUnkept(error: unknown): void {
    this.#warn(`data cache: nothing could be kept in ${this.#dir} (${messageOf(error)})`);
  }
}

/** One pack of a cache folder. */
export interface CacheEntry {
  readonly fingerprint: string;
  readonly bytes: number;
  /** When it was written, in milliseconds since the Unix epoch. */
  readonly written: number;
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** The packs in a cache folder, oldest first; none where the folder does not exist. */
export async function listPackedCache(dir: string): Promise<CacheEntry[]> {
  const entries: CacheEntry[] = [];
  for (const name of await namesIn(dir)) {
    const fingerprint = PACK_NAME.exec(name)?.[1];
    if (fingerprint === undefined) continue;
    const { size, mtimeMs } = await stat(join(dir, name));
    entries.push({ fingerprint, bytes: size, written: mtimeMs });
  }
  return entries.sort((a, b) => a.written - b.written || (a.fingerprint < b.fingerprint ? -1 : 1));
}

/** What is in a pack, by its header. @throws Error when it is damaged. */
export async function describePack(
  dir: string,
  fingerprint: string,
): Promise<{ count: number; size: number; channels: 1 | 3 }> {
  const { names, size, channels } = await readPackHeader(join(dir, `${fingerprint}.pack`));
  return { count: names.length, size, channels };
}

/**
 * Removes the oldest packs until at most `maxBytes` (default 0: all) are left, then the keys that point nowhere and the
 * remains of broken writes. Only files the cache made are touched. Gives the bytes of packs removed. Not to be run
 * while a run fills the cache: its unfinished file would go too.
 */
export async function clearPackedCache(dir: string, maxBytes = 0): Promise<number> {
  const entries = await listPackedCache(dir);
  let total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  let removed = 0;
  const kept = new Set(entries.map((entry) => entry.fingerprint));
  for (const { fingerprint, bytes } of entries) {
    if (total <= maxBytes) break;
    await rm(join(dir, `${fingerprint}.pack`), { force: true });
    kept.delete(fingerprint);
    total -= bytes;
    removed += bytes;
  }
  for (const name of await namesIn(dir)) {
    const path = join(dir, name);
    if (TEMPORARY_NAME.test(name)) await rm(path, { force: true });
    else if (POINTER_NAME.test(name) && !(await pointsTo(path, kept))) await rm(path, { force: true });
  }
  return removed;
}

async function pointsTo(path: string, kept: ReadonlySet<string>): Promise<boolean> {
  try {
    return kept.has((JSON.parse(await readFile(path, 'utf8')) as Pointer).fingerprint);
  } catch {
    return false;
  }
}
