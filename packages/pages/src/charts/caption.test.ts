import { describe, expect, it } from 'vitest';
import { createRaster, type Raster } from '@medgan/trainer';
import { captioned } from './caption.ts';

const DARK = [10, 20, 30] as const;

/** Whether every pixel in a column is white. */
const isBlank = ({ width, pixels }: Raster, column: number, rows: number): boolean =>
  Array.from({ length: rows }, (_, row) => pixels[(row * width + column) * 3]).every((red) => red === 255);

describe('captioned', () => {
  it('writes above the picture and leaves the picture as it is', async () => {
    const picture = createRaster(240, 20, DARK);
    const drawn = await captioned(picture, 'real');
    const head = drawn.height - picture.height;
    expect([drawn.width, head]).toEqual([240, 25]);
    expect(Buffer.compare(drawn.pixels.subarray(head * 240 * 3), picture.pixels)).toBe(0);
    const inked = Array.from({ length: 240 }, (_, column) => column).filter((x) => !isBlank(drawn, x, head));
    expect(Math.abs((inked[0]! + inked.at(-1)!) / 2 - 120)).toBeLessThan(2);
    expect(await captioned(picture, 'real')).toEqual(drawn);
  });

  it('shortens a text that is too long, and cuts no letter', async () => {
    const drawn = await captioned(createRaster(120, 4), 'a caption & far longer than the picture is wide');
    const head = drawn.height - 4;
    expect(isBlank(drawn, 0, head) && isBlank(drawn, 119, head)).toBe(true);
    const inked = Array.from({ length: 120 }, (_, column) => column).filter((x) => !isBlank(drawn, x, head));
    expect(inked.at(-1)! - inked[0]!).toBeGreaterThan(80);
  });

  it('survives a picture too narrow for any letter', async () => {
    expect((await captioned(createRaster(6, 4), 'generated')).width).toBe(6);
  });
});
