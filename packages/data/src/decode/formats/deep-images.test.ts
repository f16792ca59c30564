import sharp from 'sharp';
import { mkdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defined } from '@medgan/files';
import { TemporaryFolder } from '../../../test/temporary-folder.ts';
import { decodeImage } from '../decode-image.ts';
import { greyElements, writeDicom } from './dicom/write-dicom.testing.ts';
import type { Window } from './window.ts';

const LIMIT = 1e6;

/** 12 bits in a file of 16, as many cameras and converters write them. */
const VALUES = [0, 1000, 2000, 4095];

const deep = (format: 'png' | 'tiff', channels: 1 | 3): Promise<Buffer> => {
  const samples = Uint16Array.from(VALUES.flatMap((value) => new Array<number>(channels).fill(value)));
  const image = sharp(samples, { raw: { width: 4, height: 1, channels } });
  return image
    .toColourspace(channels === 1 ? 'grey16' : 'rgb16')
    .toFormat(format, format === 'tiff' ? { compression: 'none' } : {})
    .toBuffer();
};

const levels = async (bytes: Uint8Array, window?: Window): Promise<number[]> =>
  [...(await decodeImage(bytes, LIMIT, window)).data].filter((_, i) => i % 3 === 0);

describe.each(['png', 'tiff'] as const)('a %s of 16 bits', (format) => {
  it.each([1, 3] as const)('with %d channels goes through the window asked for', async (channels) => {
    const bytes = await deep(format, channels);
    expect(await levels(bytes)).toEqual([0, 3, 7, 15]);
    expect(await levels(bytes, 'full')).toEqual([0, 3, 7, 15]);
    expect(await levels(bytes, { center: 2048, width: 4096 })).toEqual([0, 62, 125, 255]);
    expect(await levels(bytes, { percentiles: [0, 100] })).toEqual([0, 62, 125, 255]);
    expect(await levels(bytes, { percentiles: [0, 67] })).toEqual([0, 128, 255, 255]);
  });

  it('of 8 bits is left alone by a window', async () => {
    const image = sharp(Buffer.of(0, 100, 200, 255), { raw: { width: 4, height: 1, channels: 1 } });
    const bytes = await image.toFormat(format).toBuffer();
    expect(await levels(bytes, { center: 10, width: 5 })).toEqual([0, 100, 200, 255]);
  });
});

describe('a folder of DICOM files', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await TemporaryFolder.make();
  });
  afterEach(() => folder.remove());

  const grey = (value: number): Buffer =>
    writeDicom(greyElements(4, 4, { '7fe0,0010': ['OW', new Array<number>(16).fill(value)] }));

  it('is read with and without extensions, its index and its notes left aside', async () => {
    await mkdir(folder.path('ct'));
    const files = {
      'a.dcm': grey(1),
      'B.DCM': grey(1),
      'IM-0001-0001': grey(1),
      '1.2.840.113619.2.5': grey(1),
      DICOMDIR: grey(1),
      README: Buffer.from('not an image'),
      'notes.txt': grey(1),
    };
    for (const [name, bytes] of Object.entries(files)) await writeFile(folder.path(`ct/${name}`), bytes);
    expect((await folder.open()).names).toEqual([
      'ct/1.2.840.113619.2.5',
      'ct/B.DCM',
      'ct/IM-0001-0001',
      'ct/a.dcm',
    ]);
  });

  it('has another fingerprint under another window, and the same under none', async () => {
    await mkdir(folder.path('ct'));
    await writeFile(folder.path('ct/a.dcm'), grey(100));
    const open = (window?: Window) => folder.open({}, defined({ window }));
    const [none, auto, wide] = [await open(), await open('auto'), await open({ center: 100, width: 200 })];
    expect(auto.fingerprint).toBe(none.fingerprint);
    expect(wide.fingerprint).not.toBe(none.fingerprint);
    expect(wide.pixels[0]).toBe(128);
    expect(await folder.refusal(open({ center: 1, width: 0 }))).toContain('window');
  });
});
