import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteImage } from '../../byte-image.ts';
import { resizeAndCrop, resizeGeometry, toGrey } from './pillow-resize.ts';

/** A pattern that is as easy to write in Python as here: every expected number below comes from it. */
function pattern(width: number, height: number): ByteImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) data[i++] = x * 37 + y * 61 + c * 17 + x * y * 5;
  return { width, height, channels: 3, data };
}

function resized(image: ByteImage, size: number): Uint8Array {
  const out = new Uint8Array(size * size * image.channels);
  resizeAndCrop(image, size, out);
  return out;
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

// Pillow 9.4.0 under torchvision 0.14.1: CenterCrop(size)(Resize(size)(image)).
describe('resize and crop as Pillow and torchvision do them', () => {
  it('shrinks 7×5 to 3×3', () => {
    const expected = [
      46, 63, 80, 107, 124, 141, 157, 174, 134, 144, 161, 154, 134, 151, 157, 96, 113, 100, 172, 112, 82, 98,
      115, 110, 148, 165, 182,
    ];
    expect([...resized(pattern(7, 5), 3)]).toEqual(expected);
  });

  it('enlarges grey 3×4 to 5×5, cropping the one row too many', () => {
    const expected = [
      14, 29, 51, 73, 88, 45, 61, 84, 108, 124, 85, 103, 128, 154, 171, 126, 144, 172, 199, 218, 167, 181,
      202, 163, 138,
    ];
    expect([...resized(toGrey(pattern(3, 4)), 5)]).toEqual(expected);
  });

  it.each([
    [213, 160, 64, 'e9e5e46c2b867026', '7d2d67dc2ab54961'],
    [160, 213, 64, '68c007e4753b3446', '803fe5ed8d3411e1'],
    [601, 450, 64, '74194a69074d2e2f', '9f396f80471635d7'],
    [450, 600, 128, 'a1a85495ad6160ac', '02e385c9b41fce58'],
    [64, 64, 64, '1c4417e732208417', 'a7e4b96cc56443cd'],
    [65, 64, 64, '1c4417e732208417', 'a7e4b96cc56443cd'],
    [67, 64, 64, '1e9576268d988a4d', '5b8d60afd2b10add'],
    [31, 97, 64, '006cffa075c4b224', '67513a8a242d1de3'],
    [1, 50, 16, 'baa3c67c670841b8', '9bc9d27f3870c330'],
    [1024, 3, 16, 'e43b8f97ec0c434c', 'b0adcf572746b0e2'],
    [1000, 999, 64, '33d5cd8e59f17bcb', '7ed11d9ad08bf6c1'],
  ])('gives the same bytes for %i×%i at %i, in colour and grey', (width, height, size, colour, grey) => {
    const image = pattern(width, height);
    expect(digest(resized(image, size))).toBe(colour);
    expect(digest(resized(toGrey(image), size))).toBe(grey);
  });
});

describe('geometry', () => {
  it('truncates the longer side and rounds half offsets to even', () => {
    expect(resizeGeometry(600, 450, 64)).toEqual({ width: 85, height: 64, left: 10, top: 0 });
    expect(resizeGeometry(67, 64, 64)).toEqual({ width: 67, height: 64, left: 2, top: 0 });
    expect(resizeGeometry(64, 69, 64)).toEqual({ width: 64, height: 69, left: 0, top: 2 });
    expect(resizeGeometry(64, 71, 64)).toEqual({ width: 64, height: 71, left: 0, top: 4 });
  });

  it('always holds the crop', () => {
    const side = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 300 }), (width, height, size) => {
        const g = resizeGeometry(width, height, size);
        expect(Math.min(g.width, g.height)).toBe(size);
        expect(g.left).toBeGreaterThanOrEqual(0);
        expect(g.top).toBeGreaterThanOrEqual(0);
        expect(g.left + size).toBeLessThanOrEqual(g.width);
        expect(g.top + size).toBeLessThanOrEqual(g.height);
      }),
    );
  });
});

it('keeps a flat image flat, whatever its size', () => {
  const side = fc.integer({ min: 1, max: 90 });
  fc.assert(
    fc.property(side, side, fc.integer({ min: 0, max: 255 }), (width, height, value) => {
      const data = new Uint8Array(width * height).fill(value);
      const out = resized({ width, height, channels: 1, data }, 8);
      expect(out.every((level) => level === value)).toBe(true);
    }),
    { numRuns: 50 },
  );
});
