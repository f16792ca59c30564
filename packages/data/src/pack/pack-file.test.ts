import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withCure } from '@medgan/files';
import { openPack } from './open-pack.ts';
import { PackReader, PackWriter, type PackHeader } from './pack-file.ts';

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'medgan-packs-'));
  path = join(dir, 'one.pack');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function header(names: readonly string[]): PackHeader {
  return { size: 3, channels: 1, names, fingerprint: 'f'.repeat(64) };
}

const pixelsFor = (names: readonly string[]): Uint8Array =>
  Uint8Array.from({ length: names.length * 9 }, (_, i) => i * 7);

/** Writes the images in pieces of `step` images. */
async function write(names: readonly string[], step = 1): Promise<void> {
  const file = await open(path, 'w');
  const pixels = pixelsFor(names);
  const writer = new PackWriter(file, header(names));
  for (let at = 0; at < pixels.length; at += 9 * step)
    await writer.append(pixels.subarray(at, at + 9 * step));
  await writer.finish(header(names));
  await file.close();
}

const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

it.each([
  ['in memory', undefined],
  ['on disk', 0],
])('reads back whatever names and pixels it wrote, %s', async (_, limit) => {
  const names = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(names, fc.integer({ min: 1, max: 3 }), async (names, step) => {
      await write(names, step);
      const { read, close, ...rest } = await openPack(path, { limit });
      expect(rest).toEqual(header(names));
      expect(await read(all(names.length))).toEqual(pixelsFor(names));
      await close();
      await close();
    }),
    { numRuns: 20 },
  );
});

it('reads images from disk in any order, and refuses what is none', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  await write(names, 2);
  const pack = await openPack(path, { limit: 0 });
  const pixels = pixelsFor(names);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4 })), async (indices) => {
      const expected = indices.flatMap((i) => [...pixels.subarray(i * 9, (i + 1) * 9)]);
      expect([...(await pack.read(indices))]).toEqual(expected);
    }),
    { numRuns: 20 },
  );
  for (const index of [-1, 5, 0.5]) await expect(pack.read([index])).rejects.toThrow(RangeError);
  await pack.close();
});

it('gives the file back when it is closed', async () => {
  await write(['a', 'b']);
  let released = 0;
  const release = (): Promise<void> => Promise.resolve(void released++);
  const pack = await openPack(path, { limit: 0, release });
  expect(released).toBe(0);
  await pack.close();
  expect(released).toBe(1);
  await openPack(path, { release });
  expect(released).toBe(2);
});

it('notices any byte that changed, and any cut', async () => {
  await write(['a', 'b']);
  const whole = await readFile(path);
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 0x10;
    await writeFile(path, damaged);
    await expect(openPack(path, {}), `byte ${at}`).rejects.toThrow();
    await writeFile(path, whole.subarray(0, at));
    await expect(openPack(path, {}), `cut at ${at}`).rejects.toThrow();
  }
});

it('names the damaged image and removes the pack when it is found while training', async () => {
  await write(['a', 'b', 'c']);
  const damaged = await readFile(path);
  damaged[64 + 9]! ^= 1;
  await writeFile(path, damaged);
  const pack = await openPack(path, { limit: 0 });
  expect(await pack.read([2, 0])).toHaveLength(18);
  const refusal = await pack.read([0, 1]).catch((error: unknown) => withCure(error).replaceAll(dir, 'DIR'));
  expect(refusal).toMatchInlineSnapshot(`
    "the decoded images in DIR/one.pack can no longer be read: the checksum of image b is wrong
      cure: go on with medgan resume: they are decoded anew from the images; check the disk if it comes again"
  `);
  await pack.close();
  await expect(readFile(path)).rejects.toThrow('ENOENT');
});

it('does not finish a pack with another number of names than images', async () => {
  const file = await open(path, 'w');
  const writer = new PackWriter(file, header(['a']));
  await writer.append(pixelsFor(['a', 'b']));
  await expect(writer.finish(header(['a']))).rejects.toThrow('1 names for 2 images');
  await file.close();
  await expect(PackReader.open(path)).rejects.toThrow();
});

it('says of a pack in the former format what it is', async () => {
  await writeFile(path, Buffer.concat([Buffer.from('MGPACK1\n'), Buffer.alloc(200)]));
  await expect(openPack(path, {})).rejects.toThrow('an older release of medgan wrote it');
});
