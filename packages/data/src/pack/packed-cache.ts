import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lease, messageOf, writeFileAtomically } from '@medgan/files';
import { isMissing, PACK_NAME, type Pointer } from './cache-contents.ts';
import type { SkippedFile } from './decode-pack.ts';
import { openPack, type OpenPack } from './open-pack.ts';

/** What a request led to: a pack, and the files passed over on the way. */
export interface CachedPack {
  readonly pack: OpenPack;
  readonly skipped: readonly SkippedFile[];
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Decoded images kept between runs. A pack is named by the fingerprint of what is in it; any number of keys point to
 * it: a cheap one (names, sizes, times) that spares reading the files, a certain one (their content) that spares
 * decoding after the files were copied or touched. Files are replaced atomically, so runs may share the folder. A key is
 * written again whenever it is used: its age says how long a pack was not needed.
 */
export class PackedCache {
  readonly dir: string;
  readonly #warn: (message: string) => void;

  constructor(dir: string, warn: (message: string) => void) {
    this.dir = dir;
    this.#warn = warn;
  }

  #packPath(fingerprint: string): string {
    return join(this.dir, `${fingerprint}.pack`);
  }

  #pointerPath(key: string): string {
    return join(this.dir, `${key}.key.json`);
  }

  /** Whether the key points to anything. */
  has(key: string): Promise<boolean> {
    return exists(this.#pointerPath(key));
  }

  /**
   * The pack that `key` points to; undefined when there is none or it is damaged (then it is removed). Up to
   * `memoryLimit` bytes are read at once and verified, more are verified as they are read.
   */
  async find(key: string, memoryLimit?: number): Promise<CachedPack | undefined> {
    const path = this.#pointerPath(key);
    let fingerprint: string | undefined;
    try {
      const pointer = JSON.parse(await readFile(path, 'utf8')) as Pointer;
      fingerprint = pointer.fingerprint;
      const pack = await this.open(fingerprint, memoryLimit);
      await writeFileAtomically(path, JSON.stringify(pointer), { durable: false }).catch(() => undefined);
      return { pack, skipped: pointer.skipped };
    } catch (error) {
      if (isMissing(error)) return undefined;
      this.#warn(`data cache: ${path} or its pack cannot be used (${messageOf(error)}); it is built anew`);
      // What cannot be removed is written over when the pack is kept, or that says why not.
      await rm(path, { force: true }).catch(() => undefined);
      if (fingerprint !== undefined && PACK_NAME.test(`${fingerprint}.pack`))
        await rm(this.#packPath(fingerprint), { force: true }).catch(() => undefined);
      return undefined;
    }
  }

  /** Opens a pack; one that stays on disk is leased until it is closed. @throws Error when it is damaged. */
  async open(fingerprint: string, memoryLimit?: number): Promise<OpenPack> {
    const path = this.#packPath(fingerprint);
    // The lease comes first, so that nobody removes the pack in between.
    const release = (await exists(path)) ? await lease(path) : () => Promise.resolve();
    const pack = await openPack(path, { limit: memoryLimit, release });
    if (pack.fingerprint === fingerprint) return pack;
    await pack.close();
    throw new Error('it holds another pack than its name says');
  }

  /** Lets the keys point to a pack that is here already. A failure is a warning. */
  async point(keys: readonly string[], { fingerprint, skipped }: Pointer): Promise<void> {
    const pointer: Pointer = { fingerprint, skipped };
    try {
      for (const key of keys)
        await writeFileAtomically(this.#pointerPath(key), JSON.stringify(pointer), { durable: false });
    } catch (error) {
      this.warnUnkept(error);
    }
  }

  /** Says that what was decoded could not be kept. */
  warnUnkept(error: unknown): void {
    this.#warn(`data cache: nothing could be kept in ${this.dir} (${messageOf(error)})`);
  }
}
