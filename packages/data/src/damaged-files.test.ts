import { writeFile } from 'node:fs/promises';
import { createRng, MedganError, type Rng } from '@medgan/plugin-api';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { damaged } from '../test/damage.ts';
import { TemporaryFolder } from '../test/temporary-folder.ts';
import imageFolder from './datasets/image-folder.ts';
import imageTable from './datasets/image-table.ts';
import { decodeImage } from './decode/decode-image.ts';
import {
  colourElements,
  greyElements,
  writeDicom,
  type Elements,
} from './decode/formats/dicom/write-dicom.testing.ts';

/** Damaged files of each kind. `MEDGAN_FUZZ=2000 npx vitest run packages/data/src/damaged-files.test.ts` tries more. */
const COUNT = Number(process.env['MEDGAN_FUZZ'] ?? 60);
const TIMEOUT = 60_000 + 200 * COUNT;

const rngOf = (kind: string, i: number): Rng => createRng(`${kind}/${i}`);

/** What a user may be shown: one sentence on the file, not an error of the program. */
function expectSentence(error: unknown, from: string): void {
  expect(error, from).toBeInstanceOf(Error);
  const { message, name } = error as Error;
  expect(
    ['TypeError', 'ReferenceError', 'SyntaxError', 'AssertionError'],
    `${from}: ${message}`,
  ).not.toContain(name);
  expect(message, from).toMatch(/^\S[^\n]*$/);
}

const values = Uint8Array.from({ length: 24 * 16 * 3 }, (_, i) => (i * 37) % 256);
const picture = (): Sharp => sharp(values, { raw: { width: 24, height: 16, channels: 3 } });
const SCANNER: Elements = {
  '0008,0060': ['CS', 'CT'],
  '0028,1050': ['DS', '40'],
  '0028,1051': ['DS', '400'],
  '0028,1052': ['DS', '-1024'],
  '0028,1053': ['DS', '1'],
};

async function images(): Promise<[string, Uint8Array][]> {
  const words = Array.from({ length: 16 * 24 }, (_, i) => (i * 37) % 4096);
  const grey = { ...SCANNER, '7fe0,0010': ['OW', words] } as const satisfies Elements;
  const jpeg = await picture().jpeg().toBuffer();
  const codes = { syntax: '1.2.840.10008.1.2.4.50', fragments: [jpeg] };
  return [
    ['JPEG', jpeg],
    ['progressive JPEG', await picture().jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer()],
    ['PNG', await picture().png().toBuffer()],
    ['TIFF', await picture().tiff({ compression: 'lzw' }).toBuffer()],
    ['WebP', await picture().webp().toBuffer()],
    ['GIF', await picture().gif().toBuffer()],
    ['explicit DICOM', writeDicom(greyElements(16, 24, grey))],
    ['implicit DICOM', writeDicom(greyElements(16, 24, grey), { implicit: true })],
    ['big-endian DICOM', writeDicom(greyElements(16, 24, grey), { bigEndian: true })],
    ['colour DICOM', writeDicom(colourElements(16, 24, { ...SCANNER, '7fe0,0010': ['OB', values] }))],
    ['bare DICOM', writeDicom(greyElements(16, 24, grey)).subarray(132)],
    ['JPEG DICOM', writeDicom(colourElements(16, 24, SCANNER), codes)],
  ];
}

describe('damaged images', () => {
  it(
    'are read, or refused in one sentence',
    async () => {
      const kinds = await images();
      for (let i = 0; i < COUNT; i++) {
        for (const [kind, file] of kinds) {
          const bytes = damaged(file, rngOf(kind, i));
          try {
            const { width, height, channels, data } = await decodeImage(bytes, 1e6);
            expect(data.length, `${kind} ${i}`).toBe(width * height * channels);
          } catch (error) {
            expectSentence(error, `${kind} ${i}`);
          }
        }
      }
    },
    TIMEOUT,
  );
});

describe('damaged tables', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await TemporaryFolder.make();
    for (let i = 0; i < 6; i++) await folder.put(`images/ISIC_000000${i}.png`, 20 * i);
  });
  afterAll(() => folder.remove());

  const rows = (line: (i: number) => string): string =>
    Array.from({ length: 6 }, (_, i) => line(i)).join('\n');
  const TABLES: Readonly<Record<string, string | Buffer>> = {
    labels: `file,label,group\n${rows((i) => `ISIC_000000${i},${i % 2 ? 'mel' : 'nv'},L${i >> 1}`)}\n`,
    'one-hot': `image,MEL,NV,lesion_id\n${rows((i) => `ISIC_000000${i},${i % 2}.0,${1 - (i % 2)}.0,L${i >> 1}`)}\n`,
    bare: rows((i) => `ISIC_000000${i},${i % 2 ? 'benign' : 'malignant'}`),
    quoted: `"file";"dx";"note"\r\n${rows((i) => `"ISIC_000000${i}.png";"m""él";"a;b\r\nc"`)}`,
    wide: Buffer.from(`\ufefffile\tlabel\n${rows((i) => `ISIC_000000${i}\tmel`)}`, 'utf16le'),
    parts: `file,class,group,split\n${rows((i) => `ISIC_000000${i}.png,mel,,${i % 2 ? 'train' : 'test'}`)}\n`,
  };

  it.each(Object.keys(TABLES))(
    '%s: are read, or refused with a cure',
    async (kind) => {
      const context = { subsetOrder: 'first', rng: createRng(0), workers: 1 } as const;
      const path = folder.path('images');
      const table = folder.path('table.csv');
      for (let i = 0; i < COUNT; i++) {
        await writeFile(table, damaged(Buffer.from(TABLES[kind]!), rngOf(kind, i)));
        const readings = [
          imageTable.list!({ path, table, missing: 'skip' }, context),
          imageFolder.list!({ path, groups: table }, context),
          imageFolder.list!({ path }, { ...context, split: { part: 'train', table } }),
        ];
        for (const result of await Promise.allSettled(readings)) {
          if (result.status === 'fulfilled') continue;
          expect(result.reason, `${kind} ${i}`).toBeInstanceOf(MedganError);
          expect((result.reason as MedganError).cure, `${kind} ${i}: ${String(result.reason)}`).toBeTruthy();
        }
      }
    },
    TIMEOUT,
  );
});
