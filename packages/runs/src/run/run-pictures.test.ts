import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imagesInMemory } from '@medgan/plugin-api';
import type { LogLine } from '@medgan/trainer';
import { runPictures } from './run-pictures.ts';

let runDir: string;
beforeEach(async () => {
  runDir = await mkdtemp(join(tmpdir(), 'medgan-pictures-'));
});
afterEach(() => rm(runDir, { recursive: true, force: true }));

const lines = (time: number): LogLine[] =>
  Array.from({ length: 12 }, (_, index) => ({
    step: index + 1,
    epoch: 1,
    time: time + index,
    values: {
      'loss/discriminator': 1,
      'loss/generator': index / 7,
      'prob/real': 0.6,
      'prob/fake_before': 0.4,
      'prob/fake_after': 0.3,
    },
  }));

describe('runPictures', () => {
  it('draws the losses, the same bytes whenever the steps were done', async () => {
    const pictures = runPictures(runDir);
    const paths = await pictures.onSamples(lines(0));
    expect(paths).toEqual([join(runDir, 'loss.svg'), join(runDir, 'loss.png')]);
    const first = await Promise.all(paths.map((path) => readFile(path)));
    const readBack = JSON.parse(JSON.stringify(lines(5000))) as LogLine[];
    await pictures.onSamples(readBack);
    for (const [index, path] of paths.entries())
      expect((await readFile(path)).equals(first[index]!)).toBe(true);
    expect(await sharp(first[1]).metadata()).toMatchObject({ format: 'png', width: 1440 });
  });

  it('draws real images beside generated ones', async () => {
    const images = (count: number, level: number) => ({
      count,
      size: 4,
      channels: 1 as const,
      pixels: new Uint8Array(count * 16).fill(level),
    });
    const real = imagesInMemory({
      ...images(3, 60),
      classes: ['a'],
      labels: Uint16Array.of(0, 0, 0),
      names: ['a', 'b', 'c'],
      fingerprint: '',
      skipped: [],
    });
    const paths = await runPictures(runDir).onFinished(real, images(4, 200));
    expect(await readdir(runDir)).toEqual(['real-fake-grid.png']);
    const { data, info } = await sharp(paths[0]).raw().toBuffer({ resolveWithObject: true });
    const at = (x: number): number => data[(Math.floor(info.height / 2) * info.width + x) * info.channels]!;
    expect([at(20), at(info.width - 20)]).toEqual([60, 200]);
  });
});
