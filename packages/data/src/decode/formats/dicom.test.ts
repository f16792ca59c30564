import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../decode-image.ts';
import { LIMIT, greys, pixels, reason } from './dicom/read-dicom.testing.ts';
import { colourElements, greyElements, writeDicom, type Elements } from './dicom/write-dicom.testing.ts';

/** A row of 16-bit words. */
const row = (words: readonly number[], changes: Elements = {}): Elements =>
  greyElements(1, words.length, { ...changes, '7fe0,0010': ['OW', words] });

const WINDOW: Elements = { '0028,1050': ['DS', '40'], '0028,1051': ['DS', '400'] };
/** Hounsfield units stored with an offset of 1024, as scanners do. */
const RESCALE: Elements = { '0028,1052': ['DS', '-1024'], '0028,1053': ['DS', '1'] };

describe('grey DICOM', () => {
  it.each([
    ['explicit little endian', {}],
    ['implicit little endian', { implicit: true }],
    ['explicit big endian', { bigEndian: true }],
  ])('is read from %s', async (_, options) => {
    const bytes = writeDicom(row([0, 1000, 2000, 4000]), options);
    expect(await decodeImage(bytes, LIMIT)).toMatchObject({ width: 4, height: 1, channels: 3 });
    expect(await greys(bytes)).toEqual([0, 64, 128, 255]);
  });

  it('goes through the rescale and the window of the file', async () => {
    const hounsfield = [-1000, -160, -159, 40, 239, 240, 3000];
    const bytes = writeDicom(
      row(
        hounsfield.map((value) => value + 1024),
        { ...WINDOW, ...RESCALE },
      ),
    );
    // (x − 39.5) / 399 + 0.5, of 255.
    expect(await greys(bytes)).toEqual([0, 0, 1, 128, 255, 255, 255]);
  });

  it('takes the first of several windows, and knows the other functions', async () => {
    const two: Elements = { '0028,1050': ['DS', '100\\500'], '0028,1051': ['DS', '101\\7'] };
    expect(await greys(writeDicom(row([0, 50, 100, 150], two)))).toEqual([0, 1, 129, 255]);
    const as = (name: string): Elements => ({ ...WINDOW, '0028,1056': ['CS', name] });
    expect(await greys(writeDicom(row([0, 40, 240], as('LINEAR_EXACT'))))).toEqual([102, 128, 255]);
    expect(await greys(writeDicom(row([0, 40, 240], as('SIGMOID'))))).toEqual([102, 128, 225]);
  });

  it('is stretched from its smallest to its largest value where it has no window, padding aside', async () => {
    const padding: Elements = { '0028,0120': ['US', 63536] };
    expect(await greys(writeDicom(row([100, 63536, 200, 150], padding)))).toEqual([0, 255, 255, 128]);
    expect(await greys(writeDicom(row([7, 7])))).toEqual([0, 0]);
  });

  it('is turned round when the file says that more is darker', async () => {
    const bytes = writeDicom(row([0, 1000], { '0028,0004': ['CS', 'MONOCHROME1'] }));
    expect(await greys(bytes)).toEqual([255, 0]);
  });

  it('of signed words, of 12 bits in the upper or the lower part of a word', async () => {
    const bits = (stored: number, high: number, signed: number): Elements => ({
      '0028,0101': ['US', stored],
      '0028,0102': ['US', high],
      '0028,0103': ['US', signed],
    });
    expect(await greys(writeDicom(row([-1000, 0, 1000], bits(16, 15, 1))))).toEqual([0, 128, 255]);
    // What lies above the stored bits, such as an overlay, is no part of the value.
    expect(await greys(writeDicom(row([0xf000, 0x0800, 0x0fff], bits(12, 11, 0))))).toEqual([0, 128, 255]);
    expect(await greys(writeDicom(row([0x0fff, 0x0000, 0x07ff], bits(12, 11, 1))))).toEqual([0, 0, 255]);
    expect(await greys(writeDicom(row([0x000f, 0x8000, 0xfff0], bits(12, 15, 0))))).toEqual([0, 128, 255]);
  });

  it('of 8 bits is left as it is where it has no window', async () => {
    const eight: Elements = { '0028,0100': ['US', 8], '0028,0101': ['US', 8], '0028,0102': ['US', 7] };
    const data: Elements = { '7fe0,0010': ['OB', Uint8Array.of(10, 100, 200, 0)] };
    expect(await greys(writeDicom(greyElements(2, 2, { ...eight, ...data })))).toEqual([10, 100, 200, 0]);
  });

  it('goes through the window asked for instead', async () => {
    const bytes = writeDicom(row([0, 1024, 2048, 65535], { ...WINDOW, ...RESCALE }));
    expect(await greys(bytes, { center: 0, width: 2048 })).toEqual([0, 128, 255, 255]);
    expect(await greys(bytes, 'full')).toEqual([0, 4, 8, 255]);
    expect(await greys(bytes, { percentiles: [0, 67] })).toEqual([0, 128, 255, 255]);
  });
});

describe('colour DICOM', () => {
  const four = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [10, 20, 30],
  ];

  it('is read pixel by pixel and plane by plane', async () => {
    const mixed = Uint8Array.from(four.flat());
    const planes = Uint8Array.from([0, 1, 2].flatMap((c) => four.map((rgb) => rgb[c]!)));
    const planar: Elements = { '0028,0006': ['US', 1] };
    expect(await pixels(writeDicom(colourElements(2, 2, { '7fe0,0010': ['OB', mixed] })))).toEqual(four);
    expect(
      await pixels(writeDicom(colourElements(2, 2, { ...planar, '7fe0,0010': ['OB', planes] }))),
    ).toEqual(four);
  });

  it('is converted from YBR, whole and subsampled', async () => {
    const as = (photometric: string, ...bytes: number[]): Uint8Array =>
      writeDicom(
        colourElements(1, 2, {
          '0028,0004': ['CS', photometric],
          '7fe0,0010': ['OB', Uint8Array.from(bytes)],
        }),
      );
    expect(await pixels(as('YBR_FULL', 76, 85, 255, 128, 128, 128))).toEqual([
      [254, 0, 0],
      [128, 128, 128],
    ]);
    expect(await pixels(as('YBR_FULL_422', 76, 200, 128, 128))).toEqual([
      [76, 76, 76],
      [200, 200, 200],
    ]);
    expect(await reason(as('YBR_PARTIAL_420', 0, 0, 0, 0, 0, 0))).toBe(
      'DICOM colours YBR_PARTIAL_420 are not read',
    );
  });

  it('is looked up in its palette, from the first value mapped', async () => {
    const ramp = (...levels: number[]): readonly [string, readonly number[]] => [
      'OW',
      levels.map((level) => level << 8),
    ];
    const bytes = writeDicom(
      greyElements(1, 4, {
        '0028,0004': ['CS', 'PALETTE COLOR'],
        '0028,0100': ['US', 8],
        '0028,0101': ['US', 8],
        '0028,0102': ['US', 7],
        '0028,1101': ['US', [3, 10, 16]],
        '0028,1102': ['US', [3, 10, 16]],
        '0028,1103': ['US', [3, 10, 16]],
        '0028,1201': ramp(1, 2, 3),
        '0028,1202': ramp(10, 20, 30),
        '0028,1203': ramp(100, 150, 200),
        '7fe0,0010': ['OB', Uint8Array.of(9, 11, 12, 255)],
      }),
    );
    expect(await pixels(bytes)).toEqual([
      [1, 10, 100],
      [2, 20, 150],
      [3, 30, 200],
      [3, 30, 200],
    ]);
  });
});

describe('DICOM that is no single image', () => {
  it('is refused by name', async () => {
    const pixel: Elements = { '7fe0,0010': ['OW', [1]] };
    const grey = (changes: Elements): Uint8Array => writeDicom(greyElements(1, 1, { ...pixel, ...changes }));
    expect(await reason(grey({ '0028,0008': ['IS', '120'] }))).toBe(
      'DICOM file holds 120 frames, a stack or a film; save the frames you want as single images',
    );
    expect(await reason(writeDicom({ '0042,0011': ['OB', Buffer.from('%PDF-1.4')] }))).toBe(
      'DICOM file holds a document (PDF or CDA), no image; leave it out',
    );
    expect(await reason(writeDicom({ '0008,0060': ['CS', 'SR'] }))).toBe(
      'DICOM file holds no pixel data (modality SR): a report or an index, no image; leave it out',
    );
    expect(await reason(grey({ '0028,0100': ['US', 32] }))).toBe(
      'DICOM pixels of 32 bits are not read; only 8 and 16',
    );
    expect(await reason(writeDicom(greyElements(1, 1, pixel), { syntax: '1.2.840.10008.1.2.4.100' }))).toBe(
      'DICOM transfer syntax 1.2.840.10008.1.2.4.100 is not read; convert it, with dcmconv or gdcmconv --raw for instance',
    );
    expect(await reason(writeDicom(greyElements(1, 1, pixel), { syntax: '1.2.840.10008.1.2.1.99' }))).toBe(
      'DICOM pixels are deflated, which can hide any size; unpack them, with dcmconv +te',
    );
  });

  it('or larger than allowed is refused before its pixels are touched', async () => {
    const claims = greyElements(60000, 60000, { '7fe0,0010': ['OW', [1]] });
    expect(await reason(writeDicom(claims))).toBe(
      'DICOM image of 60000×60000 pixels is over the pixel limit',
    );
    expect(await reason(writeDicom(greyElements(10, 10, { '7fe0,0010': ['OW', [1]] })))).toBe(
      'DICOM pixels are cut off: 2 bytes of 200',
    );
  });

  it('however damaged gives an error in one line, or an image of the size it claims', async () => {
    const whole = writeDicom(row([0, 1000, 2000, 4000], { ...WINDOW, ...RESCALE }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 132, max: whole.length - 1 }), fc.nat(255)), { maxLength: 4 }),
        fc.integer({ min: 132, max: whole.length }),
        async (changes, length) => {
          const damaged = Buffer.from(whole.subarray(0, length));
          for (const [at, value] of changes) if (at < length) damaged[at] = value;
          try {
            const { width, height, data } = await decodeImage(damaged, LIMIT);
            expect(data.length).toBe(width * height * 3);
          } catch (error) {
            expect((error as Error).message).toMatch(/^DICOM .+$/);
          }
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });
});
