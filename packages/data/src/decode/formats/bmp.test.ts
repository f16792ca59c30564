import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bmp as format, decodeBmp } from './bmp.ts';

interface BmpParts {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly compression?: number;
  readonly colours?: number;
  /** What lies between the header and the pixels: palette or masks. */
  readonly between?: readonly number[];
  readonly pixels: readonly number[];
}

/** A bitmap with the 40-byte header, byte by byte. */
function bmp({
  width,
  height,
  bits,
  compression = 0,
  colours = 0,
  between = [],
  pixels,
}: BmpParts): Uint8Array {
  const bytes = Buffer.alloc(54 + between.length + pixels.length);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54 + between.length, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(bits, 28);
  bytes.writeUInt32LE(compression, 30);
  bytes.writeUInt32LE(colours, 46);
  bytes.set(between, 54);
  bytes.set(pixels, 54 + between.length);
  return bytes;
}

const LIMIT = 1e6;
const rgb = (bytes: Uint8Array): number[] => [...decodeBmp(bytes, LIMIT).data];
const RED = [255, 0, 0];
const GREEN = [0, 255, 0];
const BLUE = [0, 0, 255];
const WHITE = [255, 255, 255];
/** Two palette entries, blue first in the file. */
const RED_AND_BLUE = [0, 0, 255, 0, 255, 0, 0, 0];

describe('what a BMP may be', () => {
  const rows = [
    [0, 0, 255, 0, 255, 0, 0, 0],
    [255, 0, 0, 255, 255, 255, 0, 0],
  ] as const;

  it('reads 24 bits from the bottom up', () => {
    const image = decodeBmp(bmp({ width: 2, height: 2, bits: 24, pixels: rows.flat() }), LIMIT);
    expect(image).toMatchObject({ width: 2, height: 2, channels: 3 });
    expect([...image.data]).toEqual([...BLUE, ...WHITE, ...RED, ...GREEN]);
  });

  it('reads 24 bits from the top down', () => {
    expect(rgb(bmp({ width: 2, height: -2, bits: 24, pixels: rows.flat() }))).toEqual([
      ...RED,
      ...GREEN,
      ...BLUE,
      ...WHITE,
    ]);
  });

  it('drops the fourth byte of 32 bits', () => {
    expect(rgb(bmp({ width: 2, height: 1, bits: 32, pixels: [3, 2, 1, 0, 6, 5, 4, 128] }))).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });

  it('reads palettes of 1, 4 and 8 bits', () => {
    const palette = { width: 3, height: 1, between: RED_AND_BLUE, colours: 2 };
    const expected = [...BLUE, ...RED, ...BLUE];
    expect(rgb(bmp({ ...palette, bits: 1, pixels: [0b10100000, 0, 0, 0] }))).toEqual(expected);
    expect(rgb(bmp({ ...palette, bits: 4, pixels: [0x10, 0x10, 0, 0] }))).toEqual(expected);
    expect(rgb(bmp({ ...palette, bits: 8, pixels: [1, 0, 1, 0] }))).toEqual(expected);
  });

  it('reads 16 bits as 5-5-5, or by masks as 5-6-5', () => {
    expect(rgb(bmp({ width: 2, height: 1, bits: 16, pixels: [0x00, 0x7c, 0x10, 0x02] }))).toEqual([
      255,
      0,
      0,
      0,
      Math.trunc((16 * 255) / 31),
      Math.trunc((16 * 255) / 31),
    ]);
    const masks = [0x00, 0xf8, 0, 0, 0xe0, 0x07, 0, 0, 0x1f, 0, 0, 0];
    const pixels = [0xe0, 0x07, 0x1f, 0x00];
    expect(rgb(bmp({ width: 2, height: 1, bits: 16, compression: 3, between: masks, pixels }))).toEqual([
      ...GREEN,
      ...BLUE,
    ]);
  });

  it('reads 32 bits by masks, the highest bit included', () => {
    const masks = [0, 0, 0, 0xff, 0, 0, 0xff, 0, 0, 0xff, 0, 0];
    const pixels = [9, 30, 20, 10];
    expect(rgb(bmp({ width: 1, height: 1, bits: 32, compression: 3, between: masks, pixels }))).toEqual([
      10, 20, 30,
    ]);
  });

  it('reads the OS/2 header of 12 bytes', () => {
    const bytes = Buffer.from([
      ...[0x42, 0x4d, 0, 0, 0, 0, 0, 0, 0, 0, 26, 0, 0, 0],
      ...[12, 0, 0, 0, 1, 0, 1, 0, 1, 0, 24, 0],
      ...[3, 2, 1, 0],
    ]);
    expect(rgb(bytes)).toEqual([1, 2, 3]);
  });
});

describe('what a BMP may not be', () => {
  const pixel = { width: 1, height: 1, bits: 24, pixels: [0, 0, 0, 0] };

  it.each([
    ['no pixels', { ...pixel, width: 0 }, 'BMP of 0×1 pixels'],
    ['a negative width', { ...pixel, width: -5 }, 'BMP of -5×1 pixels'],
    ['a hostile size', { ...pixel, width: 2 ** 31 - 1, height: -(2 ** 31) }, /over the pixel limit/],
    ['cut-off rows', { ...pixel, height: 2 }, 'BMP is cut off: 58 bytes of 62'],
    ['RLE8', { ...pixel, bits: 8, compression: 1 }, 'BMP compression RLE8 is not read; only uncompressed'],
    ['an odd depth', { ...pixel, bits: 13 }, 'BMP of 13 bits a pixel is not read'],
    [
      'a colour beyond the palette',
      { ...pixel, bits: 8, between: RED_AND_BLUE, pixels: [2, 0, 0, 0] },
      'BMP pixel has colour 2, the palette holds 2: damaged',
    ],
    ['masks that are missing', { ...pixel, bits: 32, compression: 3 }, 'BMP bit masks are missing'],
    [
      'masks with gaps',
      { ...pixel, bits: 32, compression: 3, between: [5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
      'BMP bit masks have gaps',
    ],
  ])('refuses %s', (_, parts, message) => {
    expect(() => decodeBmp(bmp(parts), LIMIT)).toThrow(message);
  });

  it('answers any bytes with an image or an error, never with more than the limit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 90 }), fc.nat(60), (noise, keep) => {
        const bytes = bmp({
          width: 2,
          height: 2,
          bits: 8,
          between: RED_AND_BLUE,
          pixels: new Array(8).fill(0),
        });
        bytes.set(noise.subarray(0, Math.max(0, bytes.length - keep)), Math.min(keep, bytes.length));
        try {
          expect(decodeBmp(bytes, 50).data.length).toBeLessThanOrEqual(150);
        } catch (error) {
          expect((error as Error).message).toMatch(/^BMP /);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('knows a BMP by its first bytes', () => {
    expect(format.matches(bmp(pixel))).toBe(true);
    expect(format.matches(new Uint8Array(0))).toBe(false);
  });
});
