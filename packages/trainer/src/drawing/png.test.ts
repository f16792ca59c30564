import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodePng, writeDrawing, writePng } from './png.ts';

const raster = {
  width: 7,
  height: 5,
  pixels: Uint8Array.from({ length: 105 }, (_, i) => (i * 53) % 256),
};

/** Types of a PNG's chunks, in order. */
function chunks(png: Uint8Array): string[] {
  const bytes = Buffer.from(png);
  const types: string[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    types.push(bytes.toString('latin1', at + 4, at + 8));
  }
  return types;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medgan-png-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('PNG', () => {
  test('keeps every pixel', async () => {
    const { data, info } = await sharp(await encodePng(raster))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 7, height: 5, channels: 3 });
    expect(new Uint8Array(data)).toEqual(raster.pixels);
  });

  test('equal pixels make equal bytes, without time or text', async () => {
    const [first, second] = [await encodePng(raster), await encodePng(raster)];
    expect(Buffer.compare(first, second)).toBe(0);
    expect(new Set(chunks(first))).toEqual(new Set(['IHDR', 'pHYs', 'IDAT', 'IEND']));
  });
});

describe('writing', () => {
  test('makes the folder, replaces what is there and leaves nothing else', async () => {
    const path = join(folder, 'samples', 'grid.png');
    await writeDrawing(path, 'old');
    await writePng(path, raster);
    expect(new Uint8Array(await readFile(path))).toEqual(new Uint8Array(await encodePng(raster)));
    expect(await readdir(join(folder, 'samples'))).toEqual(['grid.png']);
  });

  test('a path that cannot be written is named, with the cure', async () => {
    await writeDrawing(join(folder, 'file'), 'no folder');
    const path = join(folder, 'file', 'grid.png');
    await expect(writePng(path, raster)).rejects.toMatchObject({
      message: `${path} cannot be written (EEXIST)`,
      cure: 'check the path; a part of it is a file, not a folder',
    });
  });
});
