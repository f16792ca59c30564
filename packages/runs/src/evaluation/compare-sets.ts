import { join } from 'node:path';
import { sourceOfReader } from '@medgan/metrics';
import { MedganError } from '@medgan/files';
import { createRng, type PackedImages, type Plugins } from '@medgan/plugin-api';
import { DATA_RESIZE } from './evaluate-run.ts';
import type { ChosenFeatures } from './features-spec.ts';
import { listImages } from './list-images.ts';
import { sizeOfImage } from './read-image.ts';
import { setTable, type SetTable } from './set-table.ts';

/** Two folders as sets: `a` are the reals, `b` the fakes; JSON-able. */
interface FolderSets {
  readonly real: { readonly folder: string; readonly images: number; readonly fingerprint: string };
  readonly fake: { readonly folder: string; readonly images: number; readonly fingerprint: string };
  /** Pixels per side that images are brought to before an extractor sees them. */
  readonly size: number;
  readonly resize: string;
  readonly sets: readonly SetTable[];
}

/** The side that all images of the folders share. @throws MedganError when they are not squares of one size. */
async function commonSize(folders: readonly string[]): Promise<number> {
  let first: { width: number; height: number; path: string } | undefined;
  for (const folder of folders) {
    for (const name of await listImages(folder)) {
      const path = join(folder, name);
      const { width, height } = await sizeOfImage(path);
      first ??= { width, height, path };
      if (width === first.width && height === first.height && width === height) continue;
      throw new MedganError(
        `the images are not squares of one size: ${first.path} is ${first.width}×${first.height}, ${path} is ${width}×${height}`,
        { cure: 'bring them to one with --size <px>: the shorter side is resized, the centre kept' },
      );
    }
  }
  return first!.width;
}

interface CompareSetsSettings {
  readonly plugins: Plugins;
  readonly features: readonly ChosenFeatures[];
  /** Undefined: the images are squares of one size already. */
  readonly size?: number;
  readonly seed: number;
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/**
 * Compares two folders of images as sets, under every set metric and every extractor.
 * @throws MedganError when a folder holds no images, one cannot be read, or sizes differ and none is asked for.
 */
export async function compareSets(
  folders: { readonly a: string; readonly b: string },
  settings: CompareSetsSettings,
): Promise<FolderSets> {
  const { plugins, features, seed, onProgress } = settings;
  const size = settings.size ?? (await commonSize([folders.a, folders.b]));
  const open = (path: string): Promise<PackedImages> =>
    plugins.datasets.get('image-folder').open(
      { path },
      {
        format: { size, channels: 3 },
        subsetOrder: 'first',
        rng: createRng(seed),
        workers: 2,
        onProgress: (done, total) => onProgress?.(`reading ${path}`, done, total),
      },
    );
  const real = await open(folders.a);
  const fake = await open(folders.b).catch(async (error: unknown) => {
    await real.close();
    throw error;
  });
  const sources = { real: sourceOfReader(real), fake: sourceOfReader(fake) };
  const metrics = plugins.setMetrics.list();
  const sets: SetTable[] = [];
  try {
    for (const chosen of features) {
      sets.push(await setTable(chosen, sources, { metrics, seed, ...(onProgress ? { onProgress } : {}) }));
    }
  } finally {
    await Promise.all([real.close(), fake.close()]);
  }
  const described = (folder: string, { count, fingerprint }: PackedImages): FolderSets['real'] => ({
    folder,
    images: count,
    fingerprint,
  });
  return {
    real: described(folders.a, real),
    fake: described(folders.b, fake),
    size,
    resize: DATA_RESIZE,
    sets,
  };
}
