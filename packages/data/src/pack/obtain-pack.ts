import { stat } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '@medgan/files';
import { clearPackedCache } from './cache-contents.ts';
import { DECODER_VERSION } from '../decode/decoder-version.ts';
import { decodePack, hashFiles, type DecodedSet, type DecodeOptions } from './decode-pack.ts';
import type { ContentHash } from '../decode/decoder/decode-file.ts';
import { digestOf } from './digest.ts';
import type { FoundFile } from '../find/folder-walk.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import { MEMORY_LIMIT, openPack, packInMemory } from './open-pack.ts';
import type { CachedPack, PackedCache } from './packed-cache.ts';
import { UnfinishedPack } from './unfinished-pack.ts';

export interface ObtainOptions {
  /** The real path of the folder the files lie in. */
  readonly root: string;
  readonly decode: DecodeOptions;
  readonly cache?: PackedCache | undefined;
  /** Bytes the cache may hold after this; undefined = any number. */
  readonly cacheBytes?: number | undefined;
  /** Images of more bytes stay on disk. */
  readonly memoryLimit?: number | undefined;
}

const statFile = promisify(stat);

/** The ways to ask for the images of these files, from the cheapest to the surest. */
class Keys {
  readonly #files: readonly FoundFile[];
  readonly #root: string;
  readonly #decode: DecodeOptions;
  readonly #request: string;

  constructor(files: readonly FoundFile[], { root, decode }: ObtainOptions) {
    this.#files = files;
    this.#root = root;
    this.#decode = decode;
    const { format, unreadable, maxPixels, window } = decode;
    this.#request = JSON.stringify([
      DECODER_VERSION,
      format.size,
      format.channels,
      unreadable,
      maxPixels,
      ...(window === undefined || window === 'auto' ? [] : [window]),
    ]);
  }

  #digest(kind: string, parts: Iterable<string>): string {
    const request = this.#request;
    return digestOf(
      (function* () {
        yield kind;
        yield request;
        yield* parts;
      })(),
    );
  }

  /**
   * The files as they lie there, without reading them. The root and the change times are in it because archives may
   * restore equal sizes and modification times for other content.
   */
  async stamps(): Promise<string> {
    const { workers, signal } = this.#decode;
    const stamps = new Array<string>(this.#files.length);
    await forEachBounded(this.#files, { limit: 4 * workers, signal }, async ({ name, path, fault }, i) => {
      try {
        const { size, mtimeNs, ctimeNs } = await statFile(path, { bigint: true });
        stamps[i] = `${name}\0${size}\0${mtimeNs}\0${ctimeNs}\0${fault ?? ''}`;
      } catch (error) {
        stamps[i] = `${name}\0${messageOf(error)}`;
      }
    });
    return this.#digest('stamps', [this.#root, ...stamps]);
  }

  /** The names alone: where nobody asked for them before, their content cannot be known either. */
  names(): string {
    const files = this.#files;
    return this.#digest(
      'names',
      (function* () {
        for (const { name } of files) yield name;
      })(),
    );
  }

  content(hashes: readonly ContentHash[]): string {
    const files = this.#files;
    return this.#digest(
      'content',
      (function* () {
        for (const [i, hash] of hashes.entries()) yield `${files[i]!.name}\0${JSON.stringify(hash)}`;
      })(),
    );
  }
}

/** Decodes into memory and keeps a copy in the cache. */
async function decodeToMemory(
  files: readonly FoundFile[],
  { decode, cache }: ObtainOptions,
): Promise<CachedPack & DecodedSet & { readonly kept: boolean }> {
  const { size, channels } = decode.format;
  const room = new Uint8Array(files.length * size * size * channels);
  let filled = 0;
  const set = await decodePack(files, decode, (images) => {
    room.set(images, filled);
    filled += images.length;
  });
  const pixels = room.subarray(0, filled);
  const kept = cache !== undefined && (await keep(set, pixels, cache));
  return { ...set, pack: packInMemory(set.header, pixels), kept };
}

/** Writes a pack into the cache. Where that fails, the run goes on without, with a warning. */
async function keep({ header }: DecodedSet, pixels: Uint8Array, cache: PackedCache): Promise<boolean> {
  try {
    const unfinished = await UnfinishedPack.create(cache.dir, header);
    await unfinished.append(pixels).catch(async (error: unknown) => {
      await unfinished.discard();
      throw error;
    });
    await unfinished.finish(header);
    return true;
  } catch (error) {
    cache.warnUnkept(error);
    return false;
  }
}

/** Where a pack is written that memory should not hold: in the cache, or else among the system's temporary files. */
async function createOnDisk({
  decode: { format },
  cache,
}: ObtainOptions): Promise<{ unfinished: UnfinishedPack; kept: boolean }> {
  if (cache) {
    try {
      return { unfinished: await UnfinishedPack.create(cache.dir, format), kept: true };
    } catch (error) {
      cache.warnUnkept(error);
    }
  }
  const dir = await mkdtemp(join(tmpdir(), 'medgan-images-'));
  return { unfinished: await UnfinishedPack.create(dir, format), kept: false };
}

/** Decodes onto the disk, image after image. Without a cache the file is gone when the images are closed. */
async function decodeToDisk(
  files: readonly FoundFile[],
  options: ObtainOptions,
): Promise<CachedPack & DecodedSet & { readonly kept: boolean }> {
  const { unfinished, kept } = await createOnDisk(options);
  const set = await decodePack(files, options.decode, (images) => unfinished.append(images)).catch(
    async (error: unknown) => {
      await unfinished.discard();
      throw error;
    },
  );
  const path = await unfinished.finish(set.header);
  if (kept) return { ...set, pack: await options.cache!.open(set.header.fingerprint, 0), kept };
  const remove = (): Promise<void> => rm(dirname(path), { recursive: true, force: true });
  const pack = await openPack(path, { limit: 0, release: remove });
  // Elsewhere than on Windows an open file may lose its name: nothing stays behind, however the process ends.
  if (process.platform !== 'win32') await remove();
  return { ...set, pack, kept };
}

/**
 * The images of the files: from the cache, or decoded and kept there.
 * @throws MedganError naming every unreadable file, unless these are to be skipped; the signal's reason when aborted.
 */
export async function obtainPack(files: readonly FoundFile[], options: ObtainOptions): Promise<CachedPack> {
  const { cache, decode, memoryLimit = MEMORY_LIMIT } = options;
  const { size, channels } = decode.format;
  const build = files.length * size * size * channels > memoryLimit ? decodeToDisk : decodeToMemory;
  if (!cache) return build(files, options);

  const keys = new Keys(files, options);
  const [stamps, names] = [await keys.stamps(), keys.names()];
  const known = await cache.find(stamps, memoryLimit);
  if (known) return known;
  if (await cache.has(names)) {
    const same = await cache.find(keys.content(await hashFiles(files, decode)), memoryLimit);
    if (same) {
      await cache.point([stamps], { fingerprint: same.pack.fingerprint, skipped: same.skipped });
      return same;
    }
  }
  const { pack, skipped, hashes, kept } = await build(files, options);
  if (kept) {
    const { fingerprint } = pack;
    await cache.point([stamps, names, keys.content(hashes)], { fingerprint, skipped });
    if (options.cacheBytes !== undefined)
      await clearPackedCache(cache.dir, { maxBytes: options.cacheBytes, keep: fingerprint });
  }
  return { pack, skipped };
}
