import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from './decode-image.ts';

const LIMIT = 1e6;

/** Left half red, right half blue, 8×4. */
function halves(): Sharp {
  const data = Buffer.alloc(8 * 4 * 3);
  for (let i = 0; i < 32; i++) data[i * 3 + (i % 8 < 4 ? 0 : 2)] = 255;
  return sharp(data, { raw: { width: 8, height: 4, channels: 3 } });
}

function flat(channels: 3 | 4, background: { r: number; g: number; b: number; alpha?: number }): Sharp {
  return sharp({ create: { width: 4, height: 4, channels, background } });
}

async function firstPixel(bytes: Uint8Array): Promise<number[]> {
  return [...(await decodeImage(bytes, LIMIT)).data.subarray(0, 3)];
}

/** A one-row TIFF of float32 samples, byte by byte; sharp writes none. */
function greyFloatTiff(samples: readonly number[]): Buffer {
  const pixels = Buffer.from(Float32Array.from(samples).buffer);
  // Width, height, bits, compression, black is zero, strip offset, samples per pixel, rows per strip, strip bytes, float.
  const tags = [
    [256, samples.length],
    [257, 1],
    [258, 32],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, 1],
    [279, pixels.length],
    [339, 3],
  ] as const;
  const header = Buffer.from('II*\0\0\0\0\0', 'latin1');
  header.writeUInt32LE(8 + pixels.length, 4);
  const directory = Buffer.alloc(2 + tags.length * 12 + 4);
  directory.writeUInt16LE(tags.length, 0);
  tags.forEach(([tag, value], i) => {
    const at = 2 + i * 12;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(4, at + 2);
    directory.writeUInt32LE(1, at + 4);
    directory.writeUInt32LE(value, at + 8);
  });
  return Buffer.concat([header, pixels, directory]);
}

describe('formats', () => {
  it.each(['png', 'webp', 'tiff', 'gif'] as const)('reads %s without loss', async (format) => {
    const options = format === 'webp' ? { lossless: true } : format === 'tiff' ? { compression: 'lzw' } : {};
    const image = await decodeImage(await halves().toFormat(format, options).toBuffer(), LIMIT);
    expect(image).toMatchObject({ width: 8, height: 4, channels: 3 });
    expect([...image.data.subarray(0, 3)]).toEqual([255, 0, 0]);
    expect([...image.data.subarray(-3)]).toEqual([0, 0, 255]);
  });

  it('turns a JPEG as its EXIF orientation says', async () => {
    const bytes = await halves().withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer();
    const image = await decodeImage(bytes, LIMIT);
    expect(image).toMatchObject({ width: 4, height: 8 });
    // Orientation 6 turns clockwise: what was left is on top.
    expect(image.data[0]).toBeGreaterThan(200);
    expect(image.data.at(-1)).toBeGreaterThan(200);
  });

  it('spreads grey over three channels', async () => {
    const grey = sharp(Buffer.alloc(16, 77), { raw: { width: 4, height: 4, channels: 1 } });
    for (const format of ['png', 'jpeg'] as const) {
      const image = await decodeImage(
        await grey.clone().toColourspace('b-w').toFormat(format).toBuffer(),
        LIMIT,
      );
      expect([...image.data]).toEqual(new Array(48).fill(77));
    }
  });

  it('drops alpha and keeps the colour under it', async () => {
    const bytes = await flat(4, { r: 200, g: 100, b: 50, alpha: 0 }).png().toBuffer();
    expect(await firstPixel(bytes)).toEqual([200, 100, 50]);
  });

  it('converts CMYK JPEG to sRGB', async () => {
    const bytes = await flat(3, { r: 250, g: 240, b: 230 })
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    const [r, g, b] = await firstPixel(bytes);
    expect(Math.abs(r! - 250)).toBeLessThan(12);
    expect(Math.abs(g! - 240)).toBeLessThan(12);
    expect(Math.abs(b! - 230)).toBeLessThan(12);
  });

  it.each([
    ['colour', 3, 'rgb16'],
    ['grey', 1, 'grey16'],
  ] as const)('keeps the upper 8 of 16 bits, %s', async (_, channels, space) => {
    const samples = new Uint16Array(16 * channels).fill(0xab80);
    const bytes = await sharp(samples, { raw: { width: 4, height: 4, channels } })
      .toColourspace(space)
      .png()
      .toBuffer();
    expect((await sharp(bytes).metadata()).depth).toBe('ushort');
    expect(await firstPixel(bytes)).toEqual([0xab, 0xab, 0xab]);
  });

  it.each(['webp', 'gif'] as const)('takes the first frame of an animated %s', async (format) => {
    const frames = [
      flat(3, { r: 255, g: 0, b: 0 }),
      flat(3, { r: 0, g: 255, b: 0 }),
      flat(3, { r: 0, g: 0, b: 255 }),
    ];
    const pngs = await Promise.all(frames.map((frame) => frame.png().toBuffer()));
    const options = format === 'webp' ? { lossless: true } : {};
    const bytes = await sharp(pngs, { join: { animated: true } })
      .toFormat(format, options)
      .toBuffer();
    expect((await sharp(bytes).metadata()).pages).toBe(3);
    const image = await decodeImage(bytes, LIMIT);
    expect(image).toMatchObject({ width: 4, height: 4 });
    expect([...image.data.subarray(0, 3)]).toEqual([255, 0, 0]);
  });
});

describe('what cannot be read', () => {
  const reason = async (bytes: Uint8Array, limit = LIMIT): Promise<string> =>
    decodeImage(bytes, limit).then(
      () => 'no error',
      (error: Error) => error.message,
    );

  it('says so of an empty file, a text and an SVG', async () => {
    const unknown = 'not a JPEG, PNG, BMP, TIFF, WebP, GIF or DICOM by its content';
    expect(await reason(new Uint8Array(0))).toBe('the file is empty');
    expect(await reason(Buffer.from('<!doctype html>'))).toBe(unknown);
    expect(await reason(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'))).toBe(
      unknown,
    );
  });

  it.each(['jpeg', 'png', 'webp', 'tiff'] as const)('refuses a %s that is cut off', async (format) => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) >> 3);
    const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    expect(await reason(whole)).toBe('no error');
    const message = await reason(whole.subarray(0, whole.length >> 1));
    expect(message).not.toBe('no error');
    expect(message).not.toContain('\n');
  });

  it('refuses more pixels than allowed, before decoding them', async () => {
    const bomb = await sharp({ create: { width: 2000, height: 2000, channels: 3, background: 'black' } })
      .png()
      .toBuffer();
    expect(bomb.length).toBeLessThan(50_000);
    expect(await reason(bomb)).toBe('Input image exceeds pixel limit');
  });

  it('refuses a floating-point TIFF, whose range nobody knows', async () => {
    const bytes = greyFloatTiff([0, 0.25, 0.5, 1]);
    expect((await sharp(bytes).metadata()).depth).toBe('float');
    expect(await reason(bytes)).toBe(
      'TIFF samples are float, whose range is unknown; save it with 8 or 16 bits',
    );
  });
});
