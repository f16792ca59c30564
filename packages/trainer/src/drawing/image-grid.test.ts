import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withCure } from '@medgan/files';
import type { BytePixels } from '@medgan/plugin-api';
import { imageGrid } from './image-grid.ts';
import type { Raster } from './raster.ts';

function images(count: number, size: number, channels: number): BytePixels {
  const pixels = Uint8Array.from({ length: count * size * size * channels }, (_, i) => (i * 37) % 251);
  return { count, size, channels, pixels };
}

const pixelAt = ({ width, pixels }: Raster, x: number, y: number): number[] =>
  Array.from(pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3));

describe('imageGrid', () => {
  test('puts every pixel of every image where its row and column say', () => {
    const layout = fc.record({
      count: fc.integer({ min: 1, max: 7 }),
      size: fc.integer({ min: 1, max: 4 }),
      channels: fc.constantFrom(1, 3),
      columns: fc.integer({ min: 1, max: 8 }),
      padding: fc.integer({ min: 0, max: 3 }),
      upscale: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(layout, ({ count, size, channels, columns, padding, upscale }) => {
        const source = images(count, size, channels);
        const grid = imageGrid(source, { columns, padding, upscale, background: [1, 2, 3] });
        const pitch = size * upscale + padding;
        expect(grid.width).toBe(columns * pitch + padding);
        expect(grid.height).toBe(Math.ceil(count / columns) * pitch + padding);
        let covered = 0;
        for (let i = 0; i < count; i++) {
          for (let y = 0; y < size * upscale; y++) {
            for (let x = 0; x < size * upscale; x++) {
              const from = ((i * size + Math.floor(y / upscale)) * size + Math.floor(x / upscale)) * channels;
              const expected = [0, 1, 2].map((c) => source.pixels[from + (channels === 3 ? c : 0)]);
              const at = [
                padding + (i % columns) * pitch + x,
                padding + Math.floor(i / columns) * pitch + y,
              ] as const;
              const found = pixelAt(grid, ...at);
              if (expected.some((level, c) => level !== found[c])) throw new Error(`image ${i} (${x}, ${y})`);
              covered++;
            }
          }
        }
        let background = 0;
        for (let at = 0; at < grid.width * grid.height; at++) {
          if (pixelAt(grid, at, 0).join() === '1,2,3') background++;
        }
        expect(background).toBeGreaterThanOrEqual(grid.width * grid.height - covered);
      }),
      { numRuns: 40 },
    );
  });

  test('is square by default, and upscaled to what one can see', () => {
    const grid = imageGrid(images(5, 64, 3));
    expect([grid.width, grid.height]).toEqual([3 * 130 + 2, 2 * 130 + 2]);
    expect(imageGrid(images(1, 256, 1), { padding: 0 }).width).toBe(256);
  });

  test('says what is wrong with its input', () => {
    const source = images(4, 2, 3);
    const message = (run: () => unknown): string => {
      try {
        run();
      } catch (error) {
        return withCure(error);
      }
      throw new Error('did not throw');
    };
    expect([
      message(() => imageGrid({ ...source, channels: 4 })),
      message(() => imageGrid({ ...source, count: 5 })),
      message(() => imageGrid({ ...source, count: 0 })),
      message(() => imageGrid(source, { columns: 1.5 })),
    ]).toMatchInlineSnapshot(`
      [
        "image grid: images have 4 channels
        cure: give grey (1) or RGB (3) images",
        "image grid: 5 images of 2×2×3 are 60 bytes, got 48
        cure: give NHWC uint8 pixels of all images",
        "image grid: the number of images is 0
        cure: give an integer of at least 1",
        "image grid: columns is 1.5
        cure: give an integer of at least 1",
      ]
    `);
  });
});
