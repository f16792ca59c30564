import { createRequire } from 'node:module';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { formatOf } from '../formats.ts';
import { greys, pixels, reason } from './read-dicom.testing.ts';
import { colourElements, greyElements, writeDicom, type Elements } from './write-dicom.testing.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const JPEG = '1.2.840.10008.1.2.4.50';
const JPEG_2000 = '1.2.840.10008.1.2.4.90';

/** Elements that scanners write before the image: a data set begins with group 0008. */
const NAMED: Elements = { '0008,0060': ['CS', 'US'] };
const grey = (words: readonly number[], changes: Elements = {}): Elements =>
  greyElements(1, words.length, { ...NAMED, ...changes, '7fe0,0010': ['OW', words] });

describe('YBR_FULL_422 in the header', () => {
  // Two pixels: a reddish and a bluish one.
  const full = Uint8Array.of(100, 110, 160, 120, 170, 100);
  const colours = (photometric: string, stored: Uint8Array): Buffer =>
    writeDicom(colourElements(1, 2, { '0028,0004': ['CS', photometric], '7fe0,0010': ['OB', stored] }));

  it('is read as YBR_FULL where the chroma of every pixel is stored', async () => {
    expect(await pixels(colours('YBR_FULL_422', full))).toEqual(await pixels(colours('YBR_FULL', full)));
  });

  it('is read as such where two pixels share a chroma', async () => {
    const shared = Uint8Array.of(100, 120, 110, 160);
    const spread = Uint8Array.of(100, 110, 160, 120, 110, 160);
    expect(await pixels(colours('YBR_FULL_422', shared))).toEqual(await pixels(colours('YBR_FULL', spread)));
  });
});

describe('pixels of another length than the header says', () => {
  it('are several frames, where they are a multiple', async () => {
    const bytes = writeDicom({ ...grey([1, 2, 3]), '7fe0,0010': ['OW', [1, 2, 3, 4, 5, 6]] });
    expect(await reason(bytes)).toBe(
      'DICOM pixels are 2 frames, though the header says one; save the frames you want as single images',
    );
  });

  it('are refused where they are something else, and read where the rest is padding', async () => {
    const longer = (rest: readonly number[]): Buffer =>
      writeDicom({ ...grey([1, 2, 3, 4]), '7fe0,0010': ['OW', [0, 2, 3, 4, ...rest]] });
    expect(await reason(longer([7]))).toBe(
      'DICOM pixels are longer than the header says: 10 bytes instead of 8; convert the file anew',
    );
    expect(await greys(longer([0, 0]))).toEqual([0, 128, 191, 255]);
  });

  it('are several frames, where several streams are compressed', async () => {
    const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'brown' } })
      .jpeg()
      .toBuffer();
    const bytes = writeDicom(colourElements(8, 8), { syntax: JPEG, fragments: [jpeg, jpeg, jpeg] });
    expect(await reason(bytes)).toContain('DICOM pixels are 3 frames, though the header says one');
  });
});

describe('a data set', () => {
  const values = [0, 1000, 2000, 4000];
  const levels = [0, 64, 128, 255];

  it.each([
    ['implicit, called explicit', { implicit: true, syntax: EXPLICIT }],
    ['explicit, called implicit', { syntax: IMPLICIT }],
    ['big endian, called little endian', { bigEndian: true, syntax: EXPLICIT }],
    ['little endian, called big endian', { syntax: BIG_ENDIAN }],
  ])('that is %s is read as it is written', async (_, options) => {
    expect(await greys(writeDicom(grey(values), options))).toEqual(levels);
  });

  it.each([
    ['explicit', {}],
    ['implicit', { implicit: true }],
    ['big endian', { bigEndian: true }],
  ])('without a preamble, or without file meta too, is read: %s', async (_, options) => {
    const whole = writeDicom(grey(values), options);
    const bare = whole.subarray(132);
    const afterMeta = whole.indexOf(Buffer.from('bigEndian' in options ? [0, 8, 0, 0x60] : [8, 0, 0x60, 0]));
    for (const bytes of [bare, whole.subarray(afterMeta)]) {
      expect(formatOf(bytes)?.name).toBe('DICOM');
      expect(await greys(bytes)).toEqual(levels);
    }
  });

  it('behind the preamble of another format is DICOM', async () => {
    const bytes = writeDicom(grey(values));
    for (const magic of ['II*\0', 'MM\0*', 'BM', 'GIF89a']) {
      bytes.fill(0, 0, 8).write(magic, 'latin1');
      expect(await greys(bytes)).toEqual(levels);
    }
  });
});

it('words in another byte order than the file says are read by the bits that they may have', async () => {
  const twelve: Elements = { '0028,0101': ['US', 12], '0028,0102': ['US', 11] };
  const values = [0, 1000, 2000, 4000];
  const swapped = values.map((value) => ((value & 255) << 8) | (value >> 8));
  expect(await greys(writeDicom(grey(swapped, twelve)))).toEqual(
    await greys(writeDicom(grey(values, twelve))),
  );
});

describe('a window narrower than 1', () => {
  it('is the exact function: small rescale slopes have such windows', async () => {
    const rescale: Elements = {
      '0028,1050': ['DS', '0.002'],
      '0028,1051': ['DS', '0.004'],
      '0028,1052': ['DS', '0'],
      '0028,1053': ['DS', '0.000001'],
    };
    // (value − 0.002) / 0.004 + 0.5, of 255.
    expect(await greys(writeDicom(grey([0, 1000, 2000, 3000, 5000], rescale)))).toEqual([
      0, 64, 128, 191, 255,
    ]);
  });

  it('of 1 is a threshold, as the standard has it', async () => {
    const window: Elements = { '0028,1050': ['DS', '2'], '0028,1051': ['DS', '1'] };
    expect(await greys(writeDicom(grey([0, 1, 2, 3], window)))).toEqual([0, 0, 255, 255]);
  });
});

describe('a JPEG', () => {
  const width = 32;
  const height = 16;
  const raw = Uint8Array.from({ length: width * height * 3 }, (_, i) => [200, 60, 20 + (i >> 3)][i % 3]!);
  const image = sharp(raw, { raw: { width, height, channels: 3 } });

  /** As libvips writes it: without a marker that says how the colours are coded. */
  function withoutMarker(jpeg: Buffer): Buffer {
    for (const marker of [0xe0, 0xee]) expect(jpeg.indexOf(Uint8Array.of(0xff, marker))).toBe(-1);
    return jpeg;
  }

  const meanOf = (image: readonly number[][]): number[] =>
    [0, 1, 2].map((channel) => image.reduce((sum, pixel) => sum + pixel[channel]!, 0) / image.length);

  it('with subsampled chroma is YCbCr, though the header calls it RGB', async () => {
    const jpeg = withoutMarker(await image.clone().jpeg({ chromaSubsampling: '4:2:0' }).toBuffer());
    const bytes = writeDicom(colourElements(height, width), { syntax: JPEG, fragments: [jpeg] });
    const [red, green] = meanOf(await pixels(bytes));
    expect(Math.abs(red! - 200)).toBeLessThan(5);
    expect(Math.abs(green! - 60)).toBeLessThan(5);
  });

  it('sampled alike is RGB where the header says so', async () => {
    const jpeg = withoutMarker(await image.clone().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer());
    const bytes = writeDicom(colourElements(height, width), { syntax: JPEG, fragments: [jpeg] });
    // The stream holds luma and chroma, which are taken for red, green and blue as they stand.
    const luma = 0.299 * 200 + 0.587 * 60 + 0.114 * 110;
    expect(Math.abs(meanOf(await pixels(bytes))[0]! - luma)).toBeLessThan(15);
  });

  it('in colour is in colour, though the header says one sample per pixel', async () => {
    const jpeg = await image.clone().jpeg().toBuffer();
    const bytes = writeDicom(
      greyElements(height, width, { '0028,0100': ['US', 8], '0028,0101': ['US', 8], '0028,0102': ['US', 7] }),
      { syntax: JPEG, fragments: [jpeg] },
    );
    const [red, green] = meanOf(await pixels(bytes));
    expect(red! - green!).toBeGreaterThan(100);
  });
});

it('a JPEG 2000 file with its boxes is read for its codestream', async () => {
  const values = Uint8Array.from({ length: 64 * 64 }, (_, i) => i % 251);
  const load = createRequire(import.meta.url)('@cornerstonejs/codec-openjpeg/wasmjs') as (
    module: object,
  ) => Promise<{
    J2KEncoder: new () => {
      getDecodedBuffer(info: object): Uint8Array;
      encode(): void;
      getEncodedBuffer(): Uint8Array;
    };
  }>;
  const encoder = new (await load({ print: () => undefined, printErr: () => undefined })).J2KEncoder();
  encoder
    .getDecodedBuffer({ width: 64, height: 64, bitsPerSample: 8, componentCount: 1, isSigned: false })
    .set(values);
  encoder.encode();
  const codestream = encoder.getEncodedBuffer().slice();
  const box = (kind: string, body: Uint8Array): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + body.length);
    head.write(kind, 4, 'latin1');
    return Buffer.concat([head, body]);
  };
  const jp2 = Buffer.concat([
    box('jP  ', Uint8Array.of(0x0d, 0x0a, 0x87, 0x0a)),
    box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
    box('jp2c', codestream),
  ]);
  const elements = greyElements(64, 64, {
    '0028,0100': ['US', 8],
    '0028,0101': ['US', 8],
    '0028,0102': ['US', 7],
  });
  const read = (fragment: Uint8Array): Promise<number[]> =>
    greys(writeDicom(elements, { syntax: JPEG_2000, fragments: [fragment] }));
  expect(await read(jp2)).toEqual([...values]);
  expect(await read(codestream)).toEqual([...values]);
  expect(await reason(writeDicom(elements, { syntax: JPEG_2000, fragments: [jp2.subarray(0, 32)] }))).toBe(
    'DICOM pixels cannot be decoded: its JP2 file holds no codestream',
  );
});
