import { describe, expect, test } from 'vitest';
import { createRaster, fillBox, paste } from './raster.ts';

const reds = ({ pixels }: { pixels: Uint8Array }): number[] =>
  Array.from(pixels.filter((_, i) => i % 3 === 0));

describe('raster', () => {
  test('fills the part of a box that lies inside', () => {
    const raster = createRaster(3, 2, [9, 8, 7]);
    expect(Array.from(raster.pixels.subarray(0, 3))).toEqual([9, 8, 7]);
    fillBox(raster, { x: 1, y: -5, width: 50, height: 6 }, [1, 1, 1]);
    expect(reds(raster)).toEqual([9, 1, 1, 9, 9, 9]);
  });

  test('pastes a picture at its place, and refuses one that does not fit', () => {
    const target = createRaster(3, 3, [0, 0, 0]);
    const source = createRaster(2, 1, [5, 5, 5]);
    paste(target, source, { x: 1, y: 2 });
    expect(reds(target)).toEqual([0, 0, 0, 0, 0, 0, 0, 5, 5]);
    expect(() => paste(target, source, { x: 2, y: 0 })).toThrow('raster: 2×1 at (2, 0) leaves 3×3');
  });

  test('refuses a size that is none', () => {
    expect(() => createRaster(0, 4)).toThrow(
      expect.objectContaining({ message: 'raster: no picture is 0×4 pixels', cure: expect.any(String) }),
    );
  });
});
