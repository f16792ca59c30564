import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defined } from '@medgan/files';
import {
  createRng,
  type Dataset,
  type DatasetContext,
  type ListedImages,
  type PackedImages,
} from '@medgan/plugin-api';
import { makeExampleFolder } from './example-folder.ts';

/** A dataset under test. */
export interface DatasetSubject {
  readonly dataset: Dataset;
  /**
   * The folder a dataset of source `path` is opened on: at least two classes and four images.
   * Without it, such a dataset is given two class folders of PNG images made for the test.
   */
  readonly path?: string;
}

const usual = (): DatasetContext => ({
  format: { size: 16, channels: 3 },
  subsetOrder: 'first',
  rng: createRng('dataset contract'),
  workers: 2,
});

/** Opens a dataset with its `tiny` options, 16×16 in colour unless the context says otherwise. */
export type OpenTiny = (context?: Partial<DatasetContext>, options?: object) => Promise<PackedImages>;

/** Lists the dataset's images as `OpenTiny` would open them. */
export type ListTiny = (context?: Partial<DatasetContext>) => Promise<ListedImages>;

/** Passes `body` functions that open and list the dataset, closes what they opened, and removes the folder made for it. */
export async function withTinyDataset<T>(
  { dataset, path }: DatasetSubject,
  body: (open: OpenTiny, list: ListTiny) => Promise<T>,
): Promise<T> {
  const made = dataset.source === 'path' && path === undefined ? await makeExampleFolder() : undefined;
  const folder = path ?? made?.path;
  const given = { ...dataset.tiny, ...defined({ path: folder }) };
  const opened: PackedImages[] = [];
  try {
    return await body(
      async (context = {}, options = {}) => {
        const images = await dataset.open({ ...given, ...options }, { ...usual(), ...context });
        opened.push(images);
        return images;
      },
      (context = {}) => dataset.list!(given, { ...usual(), ...context }),
    );
  } finally {
    for (const images of opened) await images.close();
    await made?.remove();
  }
}

/** Passes `body` an empty folder for a cache, and removes it. */
export async function withCacheFolder<T>(body: (cacheDir: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'medgan-contract-cache-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The bytes of all images, in their order: uint8, NHWC. */
export function allPixels(images: PackedImages): Promise<Uint8Array> {
  return images.read(Uint32Array.from({ length: images.count }, (_, i) => i));
}
