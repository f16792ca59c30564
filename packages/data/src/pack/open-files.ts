import { defined } from '@medgan/files';
import type { DatasetContext, ListedImages, PackedImages } from '@medgan/plugin-api';
import type { GroupedFile } from '../find/class-folders.ts';
import type { DecodeOptions } from './decode-pack.ts';
import { digestOf } from './digest.ts';
import type { Window } from '../decode/formats/window.ts';
import { obtainPack } from './obtain-pack.ts';
import type { SplitItem } from '../splits/split-groups.ts';
import { PackedCache, type CachedPack } from './packed-cache.ts';

/** The images a run trains on, in their order, with their classes. */
export interface ChosenFiles {
  /** Real path of the folder they lie in. */
  readonly root: string;
  readonly classes: readonly string[];
  readonly files: readonly GroupedFile[];
}

/** How files become packed images. */
export interface OpenOptions {
  /** Names the dataset in errors: `dataset image-folder`. */
  readonly who: string;
  readonly unreadable: 'error' | 'skip';
  /** Images with more pixels are refused before they are decoded. */
  readonly maxPixels: number;
  /** How more than 8 bits become 8; default `auto`. */
  readonly window?: Window;
  /** Images of more bytes stay on disk and are read as they are asked for; default `MEMORY_LIMIT`. */
  readonly memoryLimit?: number;
  /** Whether other classes of the same images make another fingerprint; needless where a name begins with its class. */
  readonly fingerprintClasses?: boolean;
}

/** What a dataset lists of its images. */
export function listFiles({
  root,
  classes,
  files,
}: {
  readonly root?: string;
  readonly classes: readonly string[];
  readonly files: readonly (SplitItem & Pick<GroupedFile, 'fault'>)[];
}): ListedImages {
  const faults = files.flatMap(({ name, fault }) => (fault === undefined ? [] : [[name, fault] as const]));
  return {
    classes,
    names: files.map(({ name }) => name),
    labels: Uint16Array.from(files, ({ label }) => label),
    ...(files.some(({ group }) => group !== undefined)
      ? { groups: files.map(({ group, name }) => group ?? name) }
      : {}),
    ...(faults.length > 0 ? { faults: new Map(faults) } : {}),
    ...defined({ root }),
  };
}

function labelled(
  { files, classes }: ChosenFiles,
  { pack, skipped }: CachedPack,
  { fingerprintClasses = false }: OpenOptions,
): PackedImages {
  const fileOf = new Map(files.map((file) => [file.name, file]));
  const kept = pack.names.map((name) => fileOf.get(name)!);
  const classOf = kept.map(({ label }) => classes[label]!);
  return {
    size: pack.size,
    channels: pack.channels,
    count: pack.names.length,
    read: pack.read,
    close: () => pack.close(),
    ...listFiles({ classes, files: kept }),
    fingerprint: fingerprintClasses ? digestOf([pack.fingerprint, ...classOf]) : pack.fingerprint,
    skipped,
  };
}

/**
 * Decodes the files, or takes them from the cache. What takes more than `memoryLimit` stays on disk.
 * @throws MedganError naming every unreadable file, unless these are to be skipped; the signal's reason when aborted.
 */
export async function openFiles(
  chosen: ChosenFiles,
  context: DatasetContext,
  options: OpenOptions,
): Promise<PackedImages> {
  const { format, workers, signal, onProgress, cacheDir, cacheBytes } = context;
  const { who, unreadable, maxPixels, window, memoryLimit } = options;
  const decode: DecodeOptions = { who, format, unreadable, maxPixels, window, workers, signal, onProgress };
  signal?.throwIfAborted();
  const cache =
    cacheDir === undefined ? undefined : new PackedCache(cacheDir, (message) => context.onWarning?.(message));
  const { root, files } = chosen;
  return labelled(chosen, await obtainPack(files, { root, decode, cache, cacheBytes, memoryLimit }), options);
}
