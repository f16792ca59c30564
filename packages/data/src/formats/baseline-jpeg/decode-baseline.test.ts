import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import sharp, { type JpegOptions } from 'sharp';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../kernel.testing.ts';
import { likeLibvips, noise, ofRealPhotographs, settings } from '../libvips-parity.testing.ts';
import { decodeBaselineJpeg } from './decode-baseline.ts';

const expectSameBytes = likeLibvips(decodeBaselineJpeg);

/** Noise, blurred by `blur`: little of it uses every coefficient and the longest codes, much leaves flat blocks. */
function encode(width: number, height: number, given: JpegOptions & { blur?: number; grey?: boolean } = {}) {
  const { blur = 1, grey = false, ...options } = given;
  const image = noise(width, height);
  const blurred = blur === 0 ? image : image.blur(blur);
  return (grey ? blurred.toColourspace('b-w') : blurred)
    .jpeg({ chromaSubsampling: '4:4:4', ...options })
    .toBuffer();
}

describe('gives the bytes of libvips', () => {
  it('whatever the size, the quality, the contents and the tables', async () => {
    const side = fc.integer({ min: 1, max: 70 });
    const options = fc.record({
      quality: fc.integer({ min: 1, max: 100 }),
      optimiseCoding: fc.boolean(),
      blur: fc.constantFrom(0, 0.5, 2, 20),
      grey: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(side, side, options, async (width, height, given) =>
        expectSameBytes(await encode(width, height, given)),
      ),
      { numRuns: 60 },
    );
  });

  it('of an image of one colour', async () => {
    const create = { width: 40, height: 24, channels: 3 as const, background: '#fe01a0' };
    await expectSameBytes(await sharp({ create }).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer());
  });

  ofRealPhotographs(expectSameBytes);
});

/** The file with a segment put in right after its first two bytes. */
const withSegment = (jpeg: Uint8Array, ...segment: number[]): Uint8Array =>
  Buffer.concat([jpeg.subarray(0, 2), Uint8Array.from(segment), jpeg.subarray(2)]);

describe('leaves to others', () => {
  it.each<[string, () => Promise<Uint8Array>]>([
    ['subsampled colours', () => encode(32, 32, { chromaSubsampling: '4:2:0' })],
    ['several scans', () => encode(32, 32, { progressive: true })],
    ['restarts', async () => withSegment(await encode(32, 32), 0xff, 0xdd, 0, 4, 0, 1)],
    ['a table of 16 bits', async () => withSegment(await encode(32, 32), 0xff, 0xdb, 0, 3, 0x10)],
    [
      'a table of more codes than there are',
      async () => withSegment(await encode(8, 8), 0xff, 0xc4, 0, 22, 0, 3, ...new Uint8Array(18)),
    ],
    ['more pixels than allowed', () => encode(1001, 1000)],
    [
      'data after the end',
      async () => Buffer.concat([await encode(32, 32), Buffer.from('\xff\x01', 'latin1')]),
    ],
    ['nothing', () => Promise.resolve(new Uint8Array())],
    ...[1, 2, 8, 100].map((less): [string, () => Promise<Uint8Array>] => [
      `data that end ${less} bytes early`,
      async () => {
        const whole = await encode(64, 64, { blur: 0 });
        return Buffer.concat([whole.subarray(0, whole.length - 2 - less), Buffer.from([0xff, 0xd9])]);
      },
    ]),
    [
      'data that go on',
      async () => {
        const whole = await encode(64, 64);
        return Buffer.concat([whole.subarray(0, -2), Uint8Array.of(7, 7), whole.subarray(-2)]);
      },
    ],
    [
      'an image taller than its data',
      async () => {
        const image = await encode(64, 64);
        // The frame's height.
        image[image.indexOf(Uint8Array.of(0xff, 0xc0)) + 6] = 128;
        return image;
      },
    ],
  ])('%s', async (_, make) => {
    expect(decodeBaselineJpeg(await make(), settings)).toBeUndefined();
    await expectSameBytes(await encode(20, 20));
  });

  it('damage wherever it is, or gives an image of the size it claims, and decodes on', async () => {
    const whole = await encode(40, 40);
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Uint8Array.from(whole);
        damaged[at]! ^= change;
        const image = decodeBaselineJpeg(damaged, settings);
        if (image) expect(image.data.length).toBe(image.width * image.height * 3);
      }),
      { numRuns: 500 },
    );
    await expectSameBytes(whole);
  });
});

it('is assembled from its source', async () => {
  const assembled = await assemble('formats/baseline-jpeg/baseline');
  expect(readFileSync(new URL('baseline-wasm.ts', import.meta.url), 'utf8')).toBe(assembled);
});
