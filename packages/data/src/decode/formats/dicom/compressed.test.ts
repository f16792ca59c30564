import { createRequire } from 'node:module';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../decode-image.ts';
import lossless from './__fixtures__/jpeg-lossless.json' with { type: 'json' };
import { LIMIT, greys, pixels, reason } from './read-dicom.testing.ts';
import { colourElements, greyElements, writeDicom, type Elements } from './write-dicom.testing.ts';

/** An encoder of the codec packages, which its decode-only builds lack. */
interface Encoder {
  getDecodedBuffer(info: object): Uint8Array;
  setInterleaveMode?(mode: number): void;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  delete(): void;
}

const load = createRequire(import.meta.url);

async function encode(
  which: 'charls' | 'openjpeg',
  raw: Uint8Array,
  info: { width: number; height: number; bitsPerSample: number; componentCount: number; isSigned?: boolean },
): Promise<Uint8Array> {
  const start = load(`@cornerstonejs/codec-${which}/wasmjs`) as (
    module: object,
  ) => Promise<Record<string, new () => Encoder>>;
  const encoder = new (await start({ print: () => undefined, printErr: () => undefined }))[
    which === 'charls' ? 'JpegLSEncoder' : 'J2KEncoder'
  ]!();
  encoder.getDecodedBuffer({ isSigned: false, ...info }).set(raw);
  // Pixel by pixel; the default is one plane after the other.
  if (info.componentCount === 3) encoder.setInterleaveMode?.(2);
  encoder.encode();
  const encoded = encoder.getEncodedBuffer().slice();
  encoder.delete();
  return encoded;
}

describe('compressed DICOM', () => {
  const words = Uint16Array.from({ length: 64 * 48 }, (_, i) => (i * 37) % 4096);
  const twelve: Elements = { '0028,0101': ['US', 12], '0028,0102': ['US', 11] };
  const bytesOf = (array: Uint16Array): Uint8Array => new Uint8Array(array.buffer);
  const expected = Array.from(words, (word) => Math.floor((word / Math.max(...words)) * 255 + 0.5));

  it.each([
    ['JPEG-LS', 'charls', '1.2.840.10008.1.2.4.80'],
    ['JPEG 2000', 'openjpeg', '1.2.840.10008.1.2.4.90'],
  ] as const)('of 12 bits is read from lossless %s, in any number of fragments', async (_, which, syntax) => {
    const info = { width: 64, height: 48, bitsPerSample: 12, componentCount: 1 };
    const encoded = await encode(which, bytesOf(words), info);
    const half = (encoded.length >> 2) << 1;
    for (const fragments of [[encoded], [encoded.subarray(0, half), encoded.subarray(half)]]) {
      expect(await greys(writeDicom(greyElements(48, 64, twelve), { syntax, fragments }))).toEqual(expected);
    }
    const wrong = writeDicom(greyElements(48, 63, twelve), { syntax, fragments: [encoded] });
    expect(await reason(wrong)).toBe('DICOM pixels cannot be decoded: they are 64×48, the file says 63×48');
    const cut = writeDicom(greyElements(48, 64, twelve), { syntax, fragments: [encoded.subarray(0, 40)] });
    expect(await reason(cut)).toMatch(/^DICOM pixels cannot be decoded: /);
  });

  it.each([
    ['charls', '1.2.840.10008.1.2.4.80', 'RGB'],
    ['openjpeg', '1.2.840.10008.1.2.4.90', 'YBR_RCT'],
  ] as const)('in colour is read from %s', async (which, syntax, photometric) => {
    const rgb = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 11) % 256);
    const info = { width: 64, height: 64, bitsPerSample: 8, componentCount: 3 };
    const encoded = await encode(which, rgb, info);
    const elements = colourElements(64, 64, { '0028,0004': ['CS', photometric] });
    const { data } = await decodeImage(writeDicom(elements, { syntax, fragments: [encoded] }), LIMIT);
    expect([...data]).toEqual([...rgb]);
  });

  it.each(lossless.cases)(
    'is read from lossless JPEG, $syntax, $bits bits, channels: $channels',
    async (given) => {
      const { syntax, bits, channels, frame } = given;
      const { rows, columns } = lossless;
      const samples = Array.from({ length: rows * columns * channels }, (_, i) => (37 * i * i) % 2 ** bits);
      const depth: Elements = {
        '0028,0100': ['US', bits === 8 ? 8 : 16],
        '0028,0101': ['US', bits],
        '0028,0102': ['US', bits - 1],
      };
      const elements = (channels === 1 ? greyElements : colourElements)(rows, columns, depth);
      const fragments = [Buffer.from(frame, 'base64')];
      const image = await decodeImage(writeDicom(elements, { syntax, fragments }), LIMIT);
      expect(image).toMatchObject({ width: columns, height: rows });
      const [least, most] = [Math.min(...samples), Math.max(...samples)];
      const levels =
        bits === 8
          ? samples
          : samples.map((sample) => Math.floor(((sample - least) / (most - least)) * 255 + 0.5));
      expect([...image.data]).toEqual(
        channels === 3 ? levels : levels.flatMap((level) => [level, level, level]),
      );
    },
  );

  it('is unpacked from run lengths, most significant byte first', async () => {
    const header = Buffer.alloc(64);
    // Two segments of four bytes: the high bytes as a run, the low ones as they are.
    const high = Uint8Array.of(253, 1);
    const low = Uint8Array.of(3, 0, 50, 100, 200);
    [2, 64, 66].forEach((value, i) => header.writeUInt32LE(value, 4 * i));
    const syntax = '1.2.840.10008.1.2.5';
    const elements = greyElements(2, 2);
    const whole = Buffer.concat([header, high, low]);
    expect(await greys(writeDicom(elements, { syntax, fragments: [whole] }))).toEqual([0, 64, 128, 255]);
    const cut = writeDicom(elements, { syntax, fragments: [whole.subarray(0, 68)] });
    expect(await reason(cut)).toBe('DICOM run-length pixels are cut off');
    header.writeUInt32LE(3, 0);
    const three = Buffer.concat([header, high, low]);
    expect(await reason(writeDicom(elements, { syntax, fragments: [three] }))).toBe(
      'DICOM run-length pixels have 3 segments instead of 2',
    );
  });

  it('is read from JPEG, grey and in colour', async () => {
    const syntax = '1.2.840.10008.1.2.4.50';
    const flat = (channels: 1 | 3): Promise<Buffer> => {
      const data = Buffer.alloc(8 * 8 * channels);
      for (let i = 0; i < data.length; i++) data[i] = [200, 100, 50][i % channels]!;
      const image = sharp(data, { raw: { width: 8, height: 8, channels } });
      return (channels === 1 ? image.toColourspace('b-w') : image).jpeg({ quality: 100 }).toBuffer();
    };
    const eight: Elements = { '0028,0100': ['US', 8], '0028,0101': ['US', 8], '0028,0102': ['US', 7] };
    const grey = writeDicom(greyElements(8, 8, eight), { syntax, fragments: [await flat(1)] });
    expect(new Set(await greys(grey))).toEqual(new Set([200]));
    const elements = colourElements(8, 8, { '0028,0004': ['CS', 'YBR_FULL_422'] });
    const [first] = await pixels(writeDicom(elements, { syntax, fragments: [await flat(3)] }));
    [200, 100, 50].forEach((level, c) => expect(Math.abs(first![c]! - level)).toBeLessThanOrEqual(2));
  });
});
