import { cp, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '@medgan/plugin-api';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { contentsOf, type Contents } from '../../test/contents.ts';
import imageFolder, { type ImageFolderOptions } from './image-folder.ts';

let base: string;
let folder: string;
let cacheDir: string;

async function put(name: string, level: number): Promise<void> {
  const background = { r: level, g: 0, b: 255 - level };
  await sharp({ create: { width: 9, height: 9, channels: 3, background } })
    .png()
    .toFile(join(folder, name));
}

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'medgan-cache-'));
  folder = join(base, 'images');
  cacheDir = join(base, 'cache');
  await mkdir(join(folder, 'a'), { recursive: true });
  await mkdir(join(folder, 'b'));
  await put('a/1.png', 10);
  await put('b/2.png', 20);
});
afterEach(() => rm(base, { recursive: true, force: true }));

interface Opened {
  readonly images: Contents;
  /** Images decoded: 0 when all came from the cache. */
  readonly decoded: number;
  readonly warnings: readonly string[];
}

async function open(
  options: ImageFolderOptions & { path?: string; classes?: string[]; cached?: boolean } = {},
): Promise<Opened> {
  const { classes, cached = true, ...rest } = options;
  let decoded = 0;
  const warnings: string[] = [];
  const images = await imageFolder.open(
    { path: folder, ...rest },
    {
      format: { size: 4, channels: 3 },
      subsetOrder: 'first',
      rng: createRng(1),
      workers: 2,
      ...(classes ? { classes } : {}),
      ...(cached ? { cacheDir } : {}),
      onProgress: (done) => (decoded = done),
      onWarning: (message) => warnings.push(message),
    },
  );
  return { images: await contentsOf(images), decoded, warnings };
}

async function packs(): Promise<string[]> {
  return (await readdir(cacheDir)).filter((name) => name.endsWith('.pack'));
}

it('decodes once, and gives the same with and without the cache', async () => {
  const plain = await open({ cached: false });
  const first = await open();
  const second = await open();
  expect([plain.decoded, first.decoded, second.decoded]).toEqual([2, 2, 0]);
  expect(second.images).toEqual(plain.images);
  expect(first.images).toEqual(plain.images);
  expect(await packs()).toEqual([`${plain.images.fingerprint}.pack`]);
  expect((await readdir(cacheDir)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it('does not decode again what was touched or copied, only what changed', async () => {
  const { images } = await open();
  await utimes(join(folder, 'a/1.png'), 1, 1);
  expect((await open()).decoded).toBe(0);
  const copy = join(base, 'copy');
  await cp(folder, copy, { recursive: true });
  const copied = await open({ path: copy });
  expect(copied).toMatchObject({ decoded: 0, images: { fingerprint: images.fingerprint } });
  await put('a/1.png', 11);
  const changed = await open();
  expect(changed.decoded).toBe(2);
  expect(changed.images.fingerprint).not.toBe(images.fingerprint);
  expect(changed.images.pixels[0]).toBe(11);
});

it('labels cached pixels by the folder as it is asked for now', async () => {
  await open({ classes: ['b'] });
  const flat = join(base, 'flat');
  await mkdir(flat);
  await cp(join(folder, 'b/2.png'), join(flat, '2.png'));
  await open({ path: flat });
  const renamed = join(base, 'renamed');
  await cp(flat, renamed, { recursive: true });
  const again = await open({ path: renamed });
  expect(again).toMatchObject({ decoded: 0, images: { classes: ['renamed'] } });
  expect((await open({ classes: ['b'] })).images.classes).toEqual(['b']);
});

it.each([
  [
    'a flipped pixel',
    (bytes: Buffer) => bytes.fill(bytes.at(-40)! ^ 1, bytes.length - 40, bytes.length - 39),
  ],
  ['a cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 5)],
  ['nothing left', () => Buffer.alloc(0)],
  ['another file', () => Buffer.from('x'.repeat(500))],
])('builds a damaged pack anew: %s', async (_, damage) => {
  const before = (await open()).images;
  const path = join(cacheDir, `${before.fingerprint}.pack`);
  await writeFile(path, damage(await readFile(path)));
  const repaired = await open();
  expect(repaired.decoded).toBe(2);
  expect(repaired.images).toEqual(before);
  expect(repaired.warnings.join()).toContain('it is built anew');
  expect(await open()).toMatchObject({ decoded: 0, warnings: [] });
});

it('builds anew where a key is damaged or its pack is gone', async () => {
  await open();
  for (const name of await readdir(cacheDir)) {
    if (name.endsWith('.json')) await writeFile(join(cacheDir, name), '{"finger');
  }
  expect((await open()).decoded).toBe(2);
  for (const name of await packs()) await rm(join(cacheDir, name));
  expect(await open()).toMatchObject({ decoded: 2, warnings: [] });
});

it('remembers what was skipped, and does not hide it from one who wants an error', async () => {
  await writeFile(join(folder, 'a/0.png'), 'x');
  const first = await open({ unreadable: 'skip' });
  const second = await open({ unreadable: 'skip' });
  expect(first.images.skipped.length).toBe(1);
  expect(second).toMatchObject({ decoded: 0, images: { skipped: first.images.skipped } });
  expect(second.images).toEqual(first.images);
  await expect(open()).rejects.toThrow('1 of 3 files cannot be read');
});

it('goes on without a cache that cannot be written', async () => {
  await writeFile(cacheDir, 'a file where the folder should be');
  const { images, warnings } = await open();
  expect(images.count).toBe(2);
  expect(warnings.join()).toContain('nothing could be kept in');
});
