import { mkdir, writeFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRng } from '@medgan/plugin-api';
import { TemporaryFolder } from '../../test/temporary-folder.ts';
import { figuresOf } from './image-figures.ts';
import { inspectFolder } from './inspect-folder.ts';
import { NearDuplicates } from './near-duplicates.ts';

const OPTIONS = { workers: 2, maxPixels: 1e6, sheet: { columns: 3, side: 8 } };

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await TemporaryFolder.make();
});
afterEach(() => folder.remove());

/** Blobs of light at places that `seed` decides, 80×60. */
function picture(seed: string): Sharp {
  const rng = createRng(seed);
  const blobs = Array.from({ length: 6 }, () => [
    80 * rng.uniform(),
    60 * rng.uniform(),
    80 + rng.integer(120),
  ]);
  const data = Buffer.alloc(80 * 60 * 3);
  for (let i = 0; i < 80 * 60; i++) {
    const [x, y] = [i % 80, Math.floor(i / 80)];
    const light = blobs.reduce((sum, [bx, by, level]) => {
      const squared = (x - bx!) ** 2 + (y - by!) ** 2;
      return sum + level! * Math.exp(-squared / 200);
    }, 20);
    data.fill(Math.min(255, light), 3 * i, 3 * i + 3);
  }
  return sharp(data, { raw: { width: 80, height: 60, channels: 3 } });
}

async function put(name: string, bytes: Uint8Array | Promise<Uint8Array>): Promise<void> {
  await mkdir(folder.path(name.slice(0, name.lastIndexOf('/'))), { recursive: true });
  await writeFile(folder.path(name), await bytes);
}

describe('inspectFolder', () => {
  it('counts, measures and names', async () => {
    const flat = (width: number, r: number): Promise<Buffer> =>
      sharp({ create: { width, height: 10, channels: 3, background: { r, g: 50, b: 200 } } })
        .png()
        .toBuffer();
    await put('a/1.png', flat(10, 100));
    await put('a/2.jpg', flat(20, 110));
    await put('a/3.png', flat(20, 150));
    await put('b/1.png', Buffer.from('no image'));
    await put('b/2.png', flat(40, 0));
    const { inspection, sheet } = await inspectFolder(folder.dir, OPTIONS);
    expect(inspection).toMatchObject({
      images: 5,
      classes: [
        { name: 'a', images: 3, colour: { mean: [120, 50, 200] } },
        { name: 'b', images: 1, colour: { mean: [0, 50, 200], sd: [0, 0, 0] } },
      ],
      sizes: {
        width: { min: 10, median: 20, max: 40 },
        height: { min: 10, median: 10, max: 10 },
        aspect: { min: 1, median: 2, max: 4 },
        frequent: [
          { width: 20, height: 10, images: 2 },
          { width: 10, height: 10, images: 1 },
          { width: 40, height: 10, images: 1 },
        ],
      },
      formats: [{ name: 'PNG', images: 4, misnamed: 1 }],
      unreadable: [
        { name: 'b/1.png', reason: 'not a JPEG, PNG, BMP, TIFF, WebP, GIF or DICOM by its content' },
      ],
    });
    // Between images: the root of the mean of 20², 10² and 30².
    expect(inspection.classes[0]!.colour!.sd[0]).toBeCloseTo(Math.sqrt((400 + 100 + 900) / 3), 6);
    expect(sheet.map(({ name, images }) => [name, images.count])).toEqual([
      ['a', 3],
      ['b', 1],
    ]);
    expect([...sheet[1]!.images.pixels.subarray(0, 3)]).toEqual([0, 50, 200]);
  });

  it('finds equal files, and images that look alike, and says where labels contradict', async () => {
    await put('a/original.png', picture('x').png().toBuffer());
    await put('a/again.png', picture('x').png().toBuffer());
    await put('a/other.png', picture('y').png().toBuffer());
    await put('b/saved.jpg', picture('x').jpeg({ quality: 60 }).toBuffer());
    await put('b/smaller.png', picture('x').resize(40).png().toBuffer());
    await put('b/other.png', picture('z').png().toBuffer());
    const { duplicates, nearDuplicates } = (await inspectFolder(folder.dir, OPTIONS)).inspection;
    expect(duplicates).toEqual([
      { names: ['a/again.png', 'a/original.png'], classes: ['a'], conflict: false },
    ]);
    expect(nearDuplicates).toEqual([
      { names: ['a/again.png', 'b/saved.jpg', 'b/smaller.png'], classes: ['a', 'b'], conflict: true },
    ]);
  });

  it('ends when it is aborted', async () => {
    await put('a/1.png', picture('x').png().toBuffer());
    const stopped = inspectFolder(folder.dir, { ...OPTIONS, signal: AbortSignal.abort(new Error('enough')) });
    await expect(stopped).rejects.toThrow('enough');
  });
});

describe('NearDuplicates', () => {
  const flat = (level: number) =>
    figuresOf({ width: 4, height: 4, channels: 1, data: new Uint8Array(16).fill(level) });

  it('distinguishes flat images by their grey', () => {
    const alike = new NearDuplicates();
    [0, 1, 100, 101, 200].forEach((level, i) => alike.add(i, flat(level)));
    expect(alike.groups()).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('finds every hash up to seven bits away, and none further', () => {
    const { thumbnail } = flat(50);
    const rng = createRng('bits');
    for (let round = 0; round < 50; round++) {
      const hash = Uint16Array.from({ length: 4 }, () => rng.integer(65536));
      const flipped = (bits: number): Uint16Array => {
        const copy = hash.slice();
        for (const bit of rng.permutation(64).subarray(0, bits)) copy[bit >> 4]! ^= 1 << (bit & 15);
        return copy;
      };
      for (const [bits, groups] of [
        [7, 1],
        [8, 0],
      ] as const) {
        const alike = new NearDuplicates();
        alike.add(0, { hash, thumbnail });
        alike.add(1, { hash: flipped(bits), thumbnail });
        expect(alike.groups()).toHaveLength(groups);
      }
    }
  });
});
