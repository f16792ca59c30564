import { describe, expect, test } from 'vitest';
import { createRaster } from './raster.ts';
import { realFakeGrid } from './real-fake-grid.ts';

const flat = (count: number, level: number, channels: number) => ({
  count,
  size: 4,
  channels,
  pixels: new Uint8Array(count * 16 * channels).fill(level),
});

describe('realFakeGrid', () => {
  test('shows the first 64 real images left and the generated ones right, in equal panels', async () => {
    const grid = await realFakeGrid(flat(70, 90, 3), flat(16, 160, 1), { upscale: 2, gap: 10, padding: 1 });
    const panel = 8 * 9 + 1;
    expect(grid.width).toBe(2 * panel + 10);
    const count = (level: number, from: number, to: number): number => {
      let found = 0;
      for (let at = 0; at < grid.pixels.length; at += 3) {
        const x = (at / 3) % grid.width;
        if (x >= from && x < to && grid.pixels[at] === level && grid.pixels[at + 2] === level) found++;
      }
      return found;
    };
    expect(count(90, 0, panel)).toBe(64 * 64);
    expect(count(160, panel + 10, grid.width)).toBe(16 * 64);
    expect(count(255, panel, panel + 10)).toBe(10 * grid.height);
  });

  test('gives each panel its caption', async () => {
    const captions: string[] = [];
    const grid = await realFakeGrid(flat(1, 90, 3), flat(1, 160, 3), {
      upscale: 1,
      gap: 0,
      padding: 0,
      caption: (panel, text) => {
        captions.push(text);
        return Promise.resolve(createRaster(panel.width, panel.height + 3, [1, 2, 3]));
      },
    });
    expect(captions).toEqual(['real', 'generated']);
    expect([grid.width, grid.height, grid.pixels[0]]).toEqual([8, 7, 1]);
  });
});
