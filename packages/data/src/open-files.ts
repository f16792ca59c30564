import { stat } from 'node:fs/promises';
import { imagesInMemory, messageOf, type DatasetContext, type PackedImages } from '@medgan/plugin-api';
import type { GroupedFile } from './class-folders.ts';
import { DECODER_VERSION } from './decode-image.ts';
import { decodePack, hashFiles, type DecodeOptions } from './decode-pack.ts';
import { forEachBounded } from './for-each-bounded.ts';
import { digestOf, PackedCache, type CachedPack } from './packed-cache.ts';

/**
 * A key of the files as they lie there, without reading them. The root and the change times are in it because
 * archives may restore equal sizes and modification times for other content.
 */
async function stampKey(
  files: readonly GroupedFile[],
  { request, root, decode }: { request: string; root: string; decode: DecodeOptions },
): Promise<string> {
  const stamps = new Array<string>(files.length);
  await forEachBounded(files, { limit: 4 * decode.workers, signal: decode.signal }, async (file, i) => {
    try {
      const { size, mtimeNs, ctimeNs } = await stat(file.path, { bigint: true });
      stamps[i] = `${file.name}\0${size}\0${mtimeNs}\0${ctimeNs}\0${file.fault ?? ''}`;
    } catch (error) {
      stamps[i] = `${file.name}\0${messageOf(error)}`;
    }
  });
  return digestOf(['stamps', request, root, ...stamps]);
}

/** The pack from the cache, or decoded and kept there. */
async function cachedPack(
  files: readonly GroupedFile[],
  { cache, root, decode }: { cache: PackedCache; root: string; decode: DecodeOptions },
): Promise<CachedPack> {
  const request = JSON.stringify([
    DECODER_VERSION,
    decode.format.size,
    decode.format.channels,
    decode.unreadable,
    decode.maxPixels,
  ]);
  const contentKey = (hashes: readonly object[]): string =>
    digestOf(['content', request, ...files.map(({ name }, i) => `${name}\0${JSON.stringify(hashes[i])}`)]);

  const cheapKey = await stampKey(files, { request, root, decode });
  const known = await cache.find(cheapKey);
  if (known) return known;
  // Hashing costs a small part of decoding, but nothing can match in an empty cache.
  if (!(await cache.isEmpty())) {
    const same = await cache.find(contentKey(await hashFiles(files, decode)));
    if (same) {
      await cache.point([cheapKey], same);
      return same;
    }
  }
  const { hashes, ...made } = await decodePack(files, decode);
  await cache.save([cheapKey, contentKey(hashes)], made);
  return made;
}

/** The images a run trains on, in their order, with their classes. */
export interface ChosenFiles {
  /** Real path of the folder they lie in. */
  readonly root: string;
  readonly classes: readonly string[];
  readonly files: readonly GroupedFile[];
}

export interface OpenOptions {
  readonly unreadable: 'error' | 'skip';
  /** Images with more pixels are refused before they are decoded. */
  readonly maxPixels: number;
  /** Whether other classes of the same images make another fingerprint; needless where a name begins with its class. */
  readonly fingerprintClasses?: boolean;
}

function labelled(
  { files, classes }: ChosenFiles,
  { pack, skipped }: CachedPack,
  { fingerprintClasses = false }: OpenOptions,
): PackedImages {
  const fileOf = new Map(files.map((file) => [file.name, file]));
  const kept = pack.names.map((name) => fileOf.get(name)!);
  const classOf = kept.map(({ label }) => classes[label]!);
  return imagesInMemory({
    size: pack.size,
    channels: pack.channels,
    count: pack.names.length,
    pixels: pack.pixels,
    labels: Uint16Array.from(kept, ({ label }) => label),
    classes,
    names: pack.names,
    ...(kept.some(({ group }) => group !== undefined)
      ? { groups: kept.map(({ group, name }) => group ?? name) }
      : {}),
    fingerprint: fingerprintClasses ? digestOf([pack.fingerprint, ...classOf]) : pack.fingerprint,
    skipped,
  });
}

/**
 * Decodes the files, or takes them from the cache.
 * @throws MedganError naming every unreadable file, unless these are to be skipped; the signal's reason when aborted.
 */
export async function openFiles(
  chosen: ChosenFiles,
  context: DatasetContext,
  options: OpenOptions,
): Promise<PackedImages> {
  const decode: DecodeOptions = {
    format: context.format,
    unreadable: options.unreadable,
    maxPixels: options.maxPixels,
    workers: context.workers,
    signal: context.signal,
    onProgress: context.onProgress,
  };
  context.signal?.throwIfAborted();
  const { root, files } = chosen;
  if (context.cacheDir === undefined) return labelled(chosen, await decodePack(files, decode), options);
  const cache = new PackedCache(context.cacheDir, (message) => context.onWarning?.(message));
  return labelled(chosen, await cachedPack(files, { cache, root, decode }), options);
}
