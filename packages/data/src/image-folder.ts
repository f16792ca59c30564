import { stat } from 'node:fs/promises';
import {
  defineDataset,
  imagesInMemory,
  MedganError,
  messageOf,
  parseOptions,
  type DatasetContext,
  type OptionsSchema,
  type PackedImages,
} from '@medgan/plugin-api';
import { readClassFolders, type ClassFolders, type LabelledFile } from './class-folders.ts';
import { DECODER_VERSION } from './decode-image.ts';
import { decodePack, hashFiles, type DecodeOptions } from './decode-pack.ts';
import { forEachBounded } from './for-each-bounded.ts';
import { digestOf, PackedCache, type CachedPack } from './packed-cache.ts';

export interface ImageFolderOptions {
  /** `error`: one error names all files that cannot be read; `skip`: they are left out and counted. */
  readonly unreadable?: 'error' | 'skip';
  /** Images of more megapixels (10⁶) are not decoded but count as unreadable. */
  readonly max_megapixels?: number;
  /** Follow symbolic links that lead out of the folder. */
  readonly outside_links?: boolean;
}

const schema: OptionsSchema = {
  type: 'object',
  properties: {
    unreadable: {
      enum: ['error', 'skip'],
      default: 'error',
      description:
        'error: one error names all files that cannot be read; skip: leave them out and count them',
    },
    max_megapixels: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 10_000,
      default: 100,
      description: 'larger images are refused before they are decoded (millions of pixels)',
    },
    outside_links: {
      type: 'boolean',
      default: false,
      description: 'follow symbolic links that lead out of the folder',
    },
  },
  additionalProperties: false,
};

/** The images wanted, in their final order: the sorted ones, or the first `subset` of a seeded permutation. */
function chooseSubset(files: readonly LabelledFile[], context: DatasetContext): readonly LabelledFile[] {
  const { subset } = context;
  if (subset === undefined) return files;
  if (!Number.isInteger(subset) || subset < 1 || subset > files.length) {
    throw new MedganError(`dataset image-folder: subset ${subset} of ${files.length} images`, {
      cure: `set subset to 1 … ${files.length}, or leave it out to use all`,
    });
  }
  if (context.subsetOrder === 'first') return files.slice(0, subset);
  const order = context.rng.split('subset').permutation(files.length);
  return Array.from(order.subarray(0, subset), (i) => files[i]!);
}

/**
 * A key of the files as they lie there, without reading them. The root and the change times are in it because
 * archives may restore equal sizes and modification times for other content.
 */
async function stampKey(
  files: readonly LabelledFile[],
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
  files: readonly LabelledFile[],
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

function labelled(folder: ClassFolders, { pack, skipped }: CachedPack): PackedImages {
  const labelOf = new Map(folder.files.map(({ name, label }) => [name, label]));
  return imagesInMemory({
    size: pack.size,
    channels: pack.channels,
    count: pack.names.length,
    pixels: pack.pixels,
    labels: Uint16Array.from(pack.names, (name) => labelOf.get(name)!),
    classes: folder.classes,
    names: pack.names,
    fingerprint: pack.fingerprint,
    skipped,
  });
}

/**
 * Images in class folders, as torchvision's `ImageFolder` with `Resize(size)` and `CenterCrop(size)` would give them,
 * as bytes. Two differences: EXIF orientation is applied, and links out of the folder are not followed unasked.
 */
export default defineDataset<ImageFolderOptions>({
  name: 'image-folder',
  aliases: ['ImageFolder'],
  summary: 'Images on disk: one folder for each class, or one flat folder',
  reference: 'torchvision.datasets.ImageFolder (Marcel and Rodriguez, ACM Multimedia 2010)',
  options: schema,
  source: 'path',
  tiny: {},
  async open({ path, ...options }, context) {
    const who = 'dataset image-folder';
    if (path === undefined || path === '')
      throw new MedganError(`${who} was given no folder`, { cure: 'set path to the folder of images' });
    const settings = parseOptions<Required<ImageFolderOptions>>(who, schema, options);
    const folder = await readClassFolders(path, {
      classes: context.classes,
      outsideLinks: settings.outside_links,
    });
    if (folder.looseIgnored > 0)
      context.onWarning?.(`${who}: ${folder.looseIgnored} images beside the class folders are ignored`);
    const files = chooseSubset(folder.files, context);
    const decode: DecodeOptions = {
      format: context.format,
      unreadable: settings.unreadable,
      maxPixels: Math.trunc(settings.max_megapixels * 1e6),
      workers: context.workers,
      signal: context.signal,
      onProgress: context.onProgress,
    };
    context.signal?.throwIfAborted();
    if (context.cacheDir === undefined) return labelled(folder, await decodePack(files, decode));
    const cache = new PackedCache(context.cacheDir, (message) => context.onWarning?.(message));
    return labelled(folder, await cachedPack(files, { cache, root: folder.root, decode }));
  },
});
