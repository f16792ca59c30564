import { createRng, type Dataset, type DatasetContext, type PackedImages } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { ITEMS, listed, made, pack, partOf, parted, type Item } from '../test/made-datasets.ts';
import { brokenRules, datasetChecks, datasetContract } from './index.ts';

datasetContract(made);
datasetContract(parted);
datasetContract(listed);

type Change = (images: PackedImages, context: DatasetContext) => PackedImages;

/** The dataset with its images changed after they were made. */
const changed = (change: Change): Dataset => ({
  ...made,
  open: async (given, context) => change(await made.open(given, context), context),
});

/** The dataset whose bytes are changed as they are read. */
const pixels = (change: (bytes: Uint8Array, context: DatasetContext) => Uint8Array): Dataset =>
  changed((images, context) => ({
    ...images,
    read: async (indices) => change(await images.read(indices), context),
  }));

/** The dataset opened in a changed context. */
const inContext = (change: (context: DatasetContext) => DatasetContext): Dataset => ({
  ...made,
  open: (given, asked) => made.open(given, change(asked)),
});

const partedBy = (partsOf: (context: DatasetContext) => readonly Item[]): Dataset => ({
  ...parted,
  open: async (_, context) => Promise.resolve(pack(partsOf(context), context)),
});

const without = (key: 'classes' | 'subset' | 'signal') =>
  inContext(({ [key]: _dropped, ...context }) => context);

let opened = 0;

const WRONG: [fault: string, dataset: Dataset, rule: string, reason: RegExp][] = [
  [
    'pixels cut short',
    pixels((bytes) => bytes.subarray(1)),
    'gives packed images',
    /pixels have another length/,
  ],
  [
    'images in their own order',
    changed((i) => ({ ...i, read: (indices) => i.read(Array.from(indices).sort((a, b) => a - b)) })),
    'gives packed images',
    /do not come in the order asked for/,
  ],
  [
    'its own memory handed out',
    changed((i) => {
      const kept = i.read([0]);
      return { ...i, read: (indices) => (indices.length === 1 && indices[0] === 0 ? kept : i.read(indices)) };
    }),
    'gives packed images',
    /a reader can change the images/,
  ],
  [
    'a label too far',
    changed((i) => ({ ...i, labels: i.labels.map(() => 2) })),
    'gives packed images',
    /image 0 is of class 2, of 2/,
  ],
  [
    'one name for all',
    changed((i) => ({ ...i, names: i.names.map(() => 'x') })),
    'gives packed images',
    /two images have one name/,
  ],
  [
    'an absolute name',
    changed((i) => ({ ...i, names: i.names.map((n) => `/${n}`) })),
    'gives packed images',
    /no relative name/,
  ],
  [
    'a short fingerprint',
    changed((i) => ({ ...i, fingerprint: 'abc' })),
    'gives packed images',
    /no sha256 in hex/,
  ],
  [
    'the fingerprint of the names',
    changed((i) => ({ ...i, fingerprint: '0'.repeat(64) })),
    'gives packed images',
    /two formats have one fingerprint/,
  ],
  [
    'colour always',
    inContext((c) => ({ ...c, format: { ...c.format, channels: 3 } })),
    'gives packed images',
    /another format/,
  ],
  ['black images', pixels((bytes) => bytes.fill(0)), 'gives images that differ', /all images are one image/],
  [
    'a class without images',
    changed((i) => ({ ...i, classes: [...i.classes, 'none'] })),
    'gives images that differ',
    /without an image/,
  ],
  [
    'images of the moment',
    changed((i) => {
      const flip = (opened += 1) & 1;
      return { ...i, read: async (indices) => (await i.read(indices)).map((v) => v ^ flip) };
    }),
    'gives the same images every time',
    /other pixels/,
  ],
  [
    'a cache of its own mind',
    pixels((bytes, { cacheDir }) => (cacheDir ? bytes.map((v) => v ^ 1) : bytes)),
    'gives the same images out of a cache',
    /other pixels/,
  ],
  [
    'progress that stops short',
    inContext((c) => ({ ...c, onProgress: (d, t) => c.onProgress?.(d - 1, t) })),
    'reports progress',
    /ends at 5 of 6/,
  ],
  ['classes ignored', without('classes'), 'gives the classes asked for', /Expected values to be/],
  ['unknown classes let through', without('classes'), 'refuses a class', /Missing expected rejection/],
  ['subsets ignored', without('subset'), 'gives the first images', /Expected values to be/],
  [
    'one stream for all',
    inContext((c) => ({ ...c, rng: createRng(1) })),
    'draws a seeded subset',
    /the stream does not matter/,
  ],
  [
    'large subsets let through',
    inContext((c) => ({ ...c, subset: Math.min(c.subset ?? 6, 6) })),
    'refuses a subset',
    /Missing expected rejection/,
  ],
  [
    'options ignored',
    { ...made, open: (_, context) => made.open({}, context) },
    'refuses an option',
    /Missing expected rejection/,
  ],
  ['parts that overlap', partedBy(() => ITEMS), 'gives parts that share', /an image is in two parts/],
  [
    'parts that leave images out',
    partedBy((c) => partOf(c).slice(0, c.split ? 2 : 6)),
    'gives parts that share',
    /the parts are not the whole/,
  ],
  [
    'a patient in two parts',
    {
      ...parted,
      open: async (given, context) => {
        const images = await parted.open(given, context);
        return { ...images, groups: images.names.map(() => 'one patient') };
      },
    },
    'gives parts that share',
    /a group is in two parts/,
  ],
  [
    'a part of the moment',
    partedBy((c) => {
      const turn = (opened += 1) & 1;
      return partOf(c).filter((_, i) => i % 2 === turn);
    }),
    'gives the same part every time',
    /other images/,
  ],
  [
    'any part let through',
    partedBy((c) => (c.split?.part === 'no such part' ? ITEMS : partOf(c))),
    'gives the same part every time',
    /Missing expected rejection/,
  ],
  [
    'a list of all images always',
    { ...parted, list: (given, { split: _dropped, ...context }) => parted.list!(given, context) },
    'lists what it opens',
    /other images/,
  ],
  [
    'a list without its groups',
    {
      ...parted,
      open: async (given, context) => {
        const images = await parted.open(given, context);
        return { ...images, groups: images.names };
      },
    },
    'lists what it opens',
    /other groups/,
  ],
  ['deafness', without('signal'), 'stops when it is aborted', /Missing expected rejection/],
  [
    'no folder needed',
    { ...made, source: 'path', open: (_, c) => made.open({}, c) },
    'refuses to open without a folder',
    /Missing expected rejection/,
  ],
  [
    'a plain error',
    { ...made, open: () => Promise.reject(new Error('no such class')) },
    'refuses a class',
    /not a MedganError/,
  ],
];

describe('the dataset contract', () => {
  it.each(WRONG)('finds: %s', async (...[, dataset, rule, reason]) => {
    const rules = datasetChecks.filter(({ name }) => name.startsWith(rule));
    expect(await brokenRules(rules, { dataset })).toEqual([
      { name: rules[0]!.name, reason: expect.stringMatching(reason) },
    ]);
  });
});
