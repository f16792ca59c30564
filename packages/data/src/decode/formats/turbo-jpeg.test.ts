import fc from 'fast-check';
import sharp, { type JpegOptions, type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeBySharp } from './by-sharp.ts';
import { likeLibvips, noise, ofRealPhotographs, settings } from './libvips-parity.testing.ts';
import { decodeTurboJpeg } from './turbo-jpeg.ts';

const expectSameBytes = likeLibvips(decodeTurboJpeg);

/** Blurred noise, so that every coefficient is used. */
const picture = (width: number, height: number): Sharp => noise(width, height).blur(1.5);

const flat = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: 'brown' } });

const encode = (width: number, height: number, options: JpegOptions): Promise<Buffer> =>
  picture(width, height).jpeg(options).toBuffer();

describe('gives the bytes of libvips', () => {
  it('whatever the size, the sampling, the quality and the order of the scans', async () => {
    const side = fc.integer({ min: 1, max: 70 });
    const options = fc.record({
      quality: fc.integer({ min: 1, max: 100 }),
      progressive: fc.boolean(),
      chromaSubsampling: fc.constantFrom('4:2:0', '4:4:4'),
      optimiseCoding: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(side, side, options, async (width, height, jpeg) =>
        expectSameBytes(await encode(width, height, jpeg)),
      ),
      { numRuns: 60 },
    );
  });

  it('of an image of one colour', async () => {
    await expectSameBytes(await flat(40, 24).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer());
  });

  it('in grey', async () => {
    await expectSameBytes(await picture(33, 21).toColourspace('b-w').jpeg().toBuffer());
  });

  ofRealPhotographs(expectSameBytes);
});

describe('leaves to libvips', () => {
  it.each<[string, () => Promise<Uint8Array>]>([
    ['CMYK', () => picture(9, 9).toColourspace('cmyk').jpeg().toBuffer()],
    ['an image that EXIF turns', () => picture(9, 5).withMetadata({ orientation: 6 }).jpeg().toBuffer()],
    ['more pixels than allowed', () => flat(1001, 1000).jpeg().toBuffer()],
    ['a file without its end', async () => (await encode(64, 64, {})).subarray(0, -2)],
    [
      'a cut file with an end put to it',
      async () => {
        const whole = await encode(64, 64, {});
        return Buffer.concat([whole.subarray(0, whole.length / 2), Buffer.from([0xff, 0xd9])]);
      },
    ],
    ['no JPEG at all', () => Promise.resolve(Buffer.from('\xff\xd8\xffhello', 'latin1'))],
    ['nothing', () => Promise.resolve(new Uint8Array())],
  ])('%s', async (_, make) => {
    expect(await decodeTurboJpeg(await make(), settings)).toBeUndefined();
    await expectSameBytes(await encode(20, 20, {}));
  });

  it('any damage to the structure, and decodes on', async () => {
    const whole = await encode(16, 16, {});
    for (let at = 2; at < 200; at += 3) {
      const damaged = Uint8Array.from(whole);
      damaged[at]! ^= 0x55;
      const image = await decodeTurboJpeg(damaged, settings);
      if (image) expect(Buffer.compare(image.data, (await decodeBySharp(damaged, settings)).data)).toBe(0);
    }
    await expectSameBytes(whole);
  });

  it('damage anywhere, or gives an image of the size that the file states, and decodes on', async () => {
    const whole = await encode(40, 40, { chromaSubsampling: '4:4:4' });
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const damaged = Uint8Array.from(whole);
          damaged[at]! ^= change;
          const image = await decodeTurboJpeg(damaged, settings);
          if (image) expect(image.data.length).toBe(image.width * image.height * 3);
        },
      ),
      { numRuns: 300 },
    );
    await expectSameBytes(whole);
  });
});
