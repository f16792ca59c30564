import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createRng,
  defineDataset,
  imagesInMemory,
  MedganError,
  parseOptions,
  type Dataset,
  type DatasetContext,
  type PackedImages,
} from '@medgan/plugin-api';

/** An image of a dataset that is made. */
export interface Item {
  readonly name: string;
  readonly label: string;
}

const CLASSES = ['even', 'odd'];
export const ITEMS: readonly Item[] = Array.from({ length: 6 }, (_, i) => ({
  name: `image-${i}`,
  label: CLASSES[i % 2]!,
}));

function choose(items: readonly Item[], { subset, subsetOrder, rng }: DatasetContext): readonly Item[] {
  if (subset === undefined) return items;
  if (subset < 1 || subset > items.length) throw new MedganError(`subset ${subset} of ${items.length}`);
  if (subsetOrder === 'first') return firstOfEachClass(items, subset);
  return Array.from(rng.permutation(items.length).subarray(0, subset), (i) => items[i]!);
}

/** The first images of every class in turn, in the order of `items`. */
function firstOfEachClass(items: readonly Item[], count: number): readonly Item[] {
  const seen = new Map<string, number>();
  const ranks = items.map(({ label }) => {
    const rank = seen.get(label) ?? 0;
    seen.set(label, rank + 1);
    return rank;
  });
  const chosen = [...items.keys()].sort((a, b) => ranks[a]! - ranks[b]!).slice(0, count);
  return chosen.sort((a, b) => a - b).map((i) => items[i]!);
}

/** Noise, one image per name. */
export function pack(all: readonly Item[], context: DatasetContext): PackedImages {
  context.signal?.throwIfAborted();
  const wanted = context.classes ?? CLASSES;
  const unknown = wanted.find((name) => !CLASSES.includes(name));
  if (unknown !== undefined) throw new MedganError(`no class ${unknown}`);
  const classes = CLASSES.filter((name) => wanted.includes(name));
  const items = choose(
    all.filter(({ label }) => classes.includes(label)),
    context,
  );
  const { size, channels } = context.format;
  const pixels = items.flatMap(({ name }) =>
    Array.from(createRng(name).uniforms(size * size * channels), (x) => Math.floor(256 * x)),
  );
  context.onProgress?.(items.length, items.length);
  const key = JSON.stringify([size, channels, items]);
  return imagesInMemory({
    size,
    channels,
    count: items.length,
    pixels: Uint8Array.from(pixels),
    labels: Uint16Array.from(items, ({ label }) => classes.indexOf(label)),
    classes,
    names: items.map(({ name }) => name),
    fingerprint: createHash('sha256').update(key).digest('hex'),
    skipped: [],
  });
}

const options = { type: 'object', properties: {}, additionalProperties: false } as const;

/** Noise of two classes, from nowhere. */
export const made: Dataset = defineDataset({
  name: 'made',
  summary: 'Noise of two classes',
  reference: 'none, https://example.org',
  options,
  source: 'none',
  tiny: {},
  open: async (given, context) => {
    parseOptions('dataset made', options, given);
    return Promise.resolve(pack(ITEMS, context));
  },
});

/** Names of files, as images: enough to see which folder it was given. */
export const listed: Dataset = {
  ...made,
  name: 'listed',
  source: 'path',
  async open({ path, ...given }, context) {
    parseOptions('dataset listed', options, given);
    if (path === undefined) throw new MedganError('dataset listed: no path');
    const folders = await readdir(path).catch((cause: unknown) => {
      throw new MedganError(`dataset listed: no folder ${path}`, { cause });
    });
    const files = await Promise.all(
      folders.map(async (folder, i) =>
        (await readdir(join(path, folder))).map((file) => ({
          name: `${folder}/${file}`,
          label: CLASSES[i]!,
        })),
      ),
    );
    return pack(files.flat(), context);
  },
};

/** The dataset with parts: images take turns. */
export const parted: Dataset = {
  ...made,
  name: 'parted',
  splittable: true,
  open: async (given, context) => {
    parseOptions('dataset parted', options, given);
    return Promise.resolve(pack(partOf(context), context));
  },
  list: async (given, context) => parted.open(given, { ...context, format: { size: 1, channels: 1 } }),
};

/** The images of the part that is asked for, or all. */
export function partOf({ split }: DatasetContext): readonly Item[] {
  if (split === undefined || !('fractions' in split)) return ITEMS;
  const parts = Object.keys(split.fractions);
  if (!parts.includes(split.part)) throw new MedganError(`no part ${split.part}`);
  return ITEMS.filter((_, i) => parts[(i >> 1) % parts.length] === split.part);
}
