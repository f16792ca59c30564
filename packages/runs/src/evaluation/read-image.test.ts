import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, it } from 'vitest';
import { readImage } from './read-image.ts';

const folder = await mkdtemp(join(tmpdir(), 'medgan-deep-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A grey image of 16 bits per sample, 4 pixels wide. */
async function write(samples: readonly number[], name: string): Promise<string> {
  const path = join(folder, name);
  const raw = { width: 4, height: samples.length / 4, channels: 1 } as const;
  const image = sharp(Uint16Array.from(samples), { raw }).toColourspace('grey16');
  await (name.endsWith('.tiff') ? image.tiff({ compression: 'deflate' }) : image.png()).toFile(path);
  return path;
}

it.each(['ct.png', 'ct.tiff'])('keeps every level of 12 bits in %s', async (name) => {
  const samples = Array.from({ length: 4096 }, (_, level) => level);
  const image = await readImage(await write(samples, name));
  expect(image.deep).toEqual([0, 4095]);
  expect(new Set(image.values).size).toBe(4096);
  expect(image.values[3 * 4095]).toBeCloseTo(4095 / 65535, 7);
});

it('brings a range of samples to 0 … 1, and cuts off what lies outside', async () => {
  const path = await write([0, 1000, 2000, 5000], 'window.png');
  const { values } = await readImage(path, [1000, 3000]);
  expect([...values].filter((_, i) => i % 3 === 0)).toEqual([0, 0, 0.5, 1]);
});

it('says nothing of depth for 8 bits', async () => {
  const path = join(folder, 'byte.png');
  await sharp(Uint8Array.of(0, 51, 102, 255), { raw: { width: 4, height: 1, channels: 1 } })
    .png()
    .toFile(path);
  const image = await readImage(path);
  expect(image).not.toHaveProperty('deep');
  expect(image.values[3]).toBeCloseTo(0.2, 6);
});
