import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withCure } from '@medgan/files';
import { labelledRows, type RowRules } from './labelled-rows.ts';
import { readTable } from './read-table.ts';
import { detectFormat, layoutOf, type ColumnChoice, type TableFormat } from './table-format.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medgan-tables-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Asked extends Partial<Omit<RowRules, 'where'>> {
  readonly format?: TableFormat;
  readonly columns?: ColumnChoice;
  readonly files?: readonly string[];
  readonly where?: (columns: readonly string[]) => (row: readonly string[]) => boolean;
}

const FILES = ['ISIC_0000001.jpg', 'ISIC_0000002.jpg', 'part 2/ISIC_0000003.jpg'];

/** `format: file label group` of every row. */
async function read(text: string, asked: Asked = {}): Promise<string[]> {
  const path = join(folder, 'labels.csv');
  await writeFile(path, text);
  const who = 'dataset image-table';
  const table = await readTable(who, path);
  const format = asked.format ?? detectFormat(table, asked.columns);
  const layout = layoutOf(table, { who, format, chosen: asked.columns ?? {} });
  const files = (asked.files ?? FILES).map((name) => ({ name, path: `/x/${name}` }));
  const { rows } = labelledRows(table, {
    layout,
    files,
    rules: { who, missing: asked.missing ?? 'error', where: asked.where?.(layout.columns) },
  });
  return rows.map(({ file, label, group }) => `${format}: ${file.name} ${label} ${group ?? '-'}`);
}

const refusal = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => 'no error',
    (error: unknown) => withCure(error).replaceAll(folder, 'DIR'),
  );

describe('tables as they are published', () => {
  it.each([
    [
      'ISIC 2016, training: no names of columns',
      'ISIC_0000001,benign\nISIC_0000002,malignant\n',
      ['isic-2016: ISIC_0000001.jpg benign -', 'isic-2016: ISIC_0000002.jpg malignant -'],
    ],
    [
      'ISIC 2016, test: 0 and 1',
      'ISIC_0000001,0.0\nISIC_0000003,1.0\n',
      ['isic-2016: ISIC_0000001.jpg benign -', 'isic-2016: part 2/ISIC_0000003.jpg malignant -'],
    ],
    [
      'ISIC 2017: neither is a nevus',
      'image_id,melanoma,seborrheic_keratosis\nISIC_0000001,0.0,0.0\nISIC_0000002,1.0,0.0\nISIC_0000003,0.0,1.0\n',
      [
        'isic-2017: ISIC_0000001.jpg nevus -',
        'isic-2017: ISIC_0000002.jpg melanoma -',
        'isic-2017: part 2/ISIC_0000003.jpg seborrheic_keratosis -',
      ],
    ],
    [
      'ISIC 2018',
      'image,MEL,NV,BCC,AKIEC,BKL,DF,VASC\nISIC_0000001,0.0,1.0,0.0,0.0,0.0,0.0,0.0\nISIC_0000002,1.0,0.0,0.0,0.0,0.0,0.0,0.0\n',
      ['one-hot: ISIC_0000001.jpg NV -', 'one-hot: ISIC_0000002.jpg MEL -'],
    ],
    [
      'ISIC 2019, with UNK',
      'image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK\nISIC_0000001,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0\n',
      ['one-hot: ISIC_0000001.jpg UNK -'],
    ],
    [
      'ISIC 2020: grouped by patient',
      'image_name,patient_id,sex,age_approx,anatom_site_general_challenge,diagnosis,benign_malignant,target\n' +
        'ISIC_0000001,IP_7,male,45.0,head/neck,unknown,benign,0\nISIC_0000002,IP_8,female,,torso,melanoma,malignant,1\n',
      ['isic-2020: ISIC_0000001.jpg benign IP_7', 'isic-2020: ISIC_0000002.jpg malignant IP_8'],
    ],
    [
      'HAM10000: grouped by lesion',
      'lesion_id,image_id,dx,dx_type,age,sex,localization\nHAM_1,ISIC_0000001,bkl,histo,80.0,male,scalp\nHAM_1,ISIC_0000002,bkl,histo,80.0,male,scalp\n',
      ['ham10000: ISIC_0000001.jpg bkl HAM_1', 'ham10000: ISIC_0000002.jpg bkl HAM_1'],
    ],
    [
      'the archive’s own metadata: grouped by patient where one is known',
      'isic_id,attribution,copyright_license,diagnosis_1,lesion_id,patient_id\n' +
        'ISIC_0000001,"A, B",CC-0,Benign,IL_1,\nISIC_0000002,C,CC-BY,Malignant,IL_2,IP_2\n',
      ['isic-archive: ISIC_0000001.jpg Benign IL_1', 'isic-archive: ISIC_0000002.jpg Malignant IP_2'],
    ],
    [
      'file,label,group with semicolons, quotes, a byte order mark and Windows line ends',
      '\ufefffile;label;group\r\n"ISIC_0000001.jpg";"a ""b""; c";g1\r\n\r\npart 2\\ISIC_0000003.JPG;d;\r\n',
      ['file-label: ISIC_0000001.jpg a "b"; c g1', 'file-label: part 2/ISIC_0000003.jpg d -'],
    ],
  ])('%s', async (_, text, rows) => {
    expect(await read(text)).toEqual(rows);
  });

  it('take the columns the user names instead', async () => {
    const text = 'lesion_id,image_id,dx,dx_type,sex\nHAM_1,ISIC_0000001,bkl,histo,male\n';
    expect(await read(text, { columns: { label: 'sex', group: 'dx_type' } })).toEqual([
      'ham10000: ISIC_0000001.jpg male histo',
    ]);
    expect(await refusal(read(text, { columns: { label: 'sexx' } }))).toMatchInlineSnapshot(`
      "dataset image-table: DIR/labels.csv has no column "sexx"; it has: lesion_id, image_id, dx, dx_type, sex
        cure: did you mean "sex"?"
    `);
    expect(await refusal(read('a,b\nx,y\n'))).toMatchInlineSnapshot(`
      "dataset image-table: DIR/labels.csv has no column that is known to hold the file; it has: a, b
        cure: name it: file_column: …"
    `);
    expect(await refusal(read(text, { format: 'isic-2020' }))).toMatchInlineSnapshot(`
      "dataset image-table: DIR/labels.csv has no column "image_name"; it has: lesion_id, image_id, dx, dx_type, sex
        cure: name one of them"
    `);
    expect(await refusal(read('x,benign\n', { format: 'ham10000' }))).toMatchInlineSnapshot(`
      "dataset image-table: DIR/labels.csv begins with data, not with the names of its columns
        cure: add a first line such as file,label, or leave format out"
    `);
  });

  it('are read quickly when they are long', async () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `ISIC_${String(i).padStart(7, '0')}`);
    const text = `image_id,dx,lesion_id\n${names.map((name, i) => `${name},nv,L${i >> 1}\n`).join('')}`;
    const rows = await read(text, { files: names.map((name) => `images/${name}.jpg`) });
    expect(rows).toHaveLength(20_000);
    expect(rows.at(-1)).toBe('ham10000: images/ISIC_0019999.jpg nv L9999');
  });
});

describe('rows that cannot be used', () => {
  it('lists images that are not there, or passes them over', async () => {
    const text = 'file,label\nISIC_0000001,a\nISIC_0000009,b\n../../etc/passwd,b\n';
    expect(await refusal(read(text))).toMatchInlineSnapshot(`
      "dataset image-table: DIR/labels.csv: 2 of 3 rows name an image that is not there
        row 3: ISIC_0000009
        row 4: ../../etc/passwd
        cure: set path to the folder that holds them, or set missing: skip to use the others"
    `);
    expect(await read(text, { missing: 'skip' })).toEqual(['file-label: ISIC_0000001.jpg a -']);
  });

  it('lists names that could mean several images', async () => {
    const files = ['a/1.png', 'b/1.png', 'b/2.png', 'b/2.jpg'];
    expect(await read('file,label\na/1.png,x\nb/1,y\nb/2.jpg,y\n', { files })).toHaveLength(3);
    expect(await refusal(read('file,label\n1.png,x\n2,y\n', { files }))).toMatchInlineSnapshot(`
      "dataset image-table: DIR/labels.csv: 2 rows could mean several images
        row 2: 1.png
        row 3: 2
        cure: write the path in the folder, with its ending"
    `);
  });

  it('lists images that come twice, and those without a class', async () => {
    expect(await refusal(read('file,label\nISIC_0000001,a\nISIC_0000001.jpg,a\n'))).toMatchInlineSnapshot(`
      "dataset image-table: DIR/labels.csv: 1 image comes twice
        row 3: ISIC_0000001.jpg (first in row 2)
        cure: keep one row of each"
    `);
    const gaps = 'file,label\nISIC_0000001,a\nISIC_0000002,\n';
    expect(await refusal(read(gaps))).toMatchInlineSnapshot(`
      "dataset image-table: DIR/labels.csv: 1 row has no class
        row 3: ISIC_0000002
        cure: fill it in, or leave these rows out with where: …"
    `);
    const where = () => (row: readonly string[]) => row[1] !== '';
    expect(await read(gaps, { where })).toEqual(['file-label: ISIC_0000001.jpg a -']);
  });

  it('names the row whose flags make no class', async () => {
    const head = 'image,MEL,NV,BCC\n';
    expect(await refusal(read(`${head}ISIC_0000001,1,1,0\n`))).toMatchInlineSnapshot(`
      "dataset image-table: DIR/labels.csv, row 2 (ISIC_0000001): several classes (MEL, NV)
        cure: mark exactly one class with 1, or name the column of the class: label_column: …"
    `);
    expect(await refusal(read(`${head}ISIC_0000001,0,0,0\n`))).toContain('row 2 (ISIC_0000001): no class');
    expect(await refusal(read(`${head}ISIC_0000001,0.5,0,1\n`, { format: 'one-hot' }))).toContain(
      'MEL is "0.5", not 0 or 1',
    );
  });

  it('refuses what is no table', async () => {
    expect(await refusal(read('file,label\na\n'))).toMatchInlineSnapshot(`
      "dataset image-table: the table DIR/labels.csv, line 2: 1 cells, where the first line has 2
        cure: give every row the same number of cells, and put cells that contain a separator in quotes"
    `);
    expect(await refusal(read('file,label\n'))).toContain('has no row');
    expect(await refusal(read(''))).toContain('has no row');
    expect(await refusal(read('file,label,file\na,b,c\n'))).toContain('two columns "file"');
    expect(await refusal(readTable('dataset x', join(folder, 'no.csv')))).toContain(
      'DIR/no.csv cannot be read',
    );
  });
});

describe('one-hot tables with other columns', () => {
  const row = (one: string, rest: string): string => `ISIC_000000${one},${rest}\n`;

  it.each<[string, string, ColumnChoice]>([
    ['lesion_id', 'L7', {}],
    ['patient_id', '1', {}],
    ['case', '0', { group: 'case' }],
  ])('groups in %s are no class', async (name, group, columns) => {
    const text = `image,MEL,NV,${name}\n${row('1', `1.0,0.0,${group}`)}${row('2', `0.0,1.0,${group}`)}`;
    expect(await read(text, { columns })).toEqual([
      `one-hot: ISIC_0000001.jpg MEL ${group}`,
      `one-hot: ISIC_0000002.jpg NV ${group}`,
    ]);
  });

  it('age, sex and site are no class, and the file may stand last', async () => {
    const text = 'age_approx,MEL,NV,sex,image\n55,1,0,male,ISIC_0000001\n,0,1,female,ISIC_0000002\n';
    expect(await read(text)).toEqual(['one-hot: ISIC_0000001.jpg MEL -', 'one-hot: ISIC_0000002.jpg NV -']);
  });

  it('may say True and False, as pandas writes them', async () => {
    const text = 'image,MEL,NV\nISIC_0000001,False,True\nISIC_0000002,True,False\n';
    expect(await read(text)).toEqual(['one-hot: ISIC_0000001.jpg NV -', 'one-hot: ISIC_0000002.jpg MEL -']);
  });

  it('ISIC 2017 with groups reads its own two columns', async () => {
    const text = 'image_id,melanoma,seborrheic_keratosis,lesion_id\nISIC_0000001,1.0,0.0,L1\n';
    expect(await read(text)).toEqual(['isic-2017: ISIC_0000001.jpg melanoma L1']);
  });
});

it('a header with the name of a class is a header, and the cure names its column', async () => {
  const text = 'image_id,benign\nISIC_0000001,0\nISIC_0000002,1\n';
  expect(await refusal(read(text))).toContain(
    'cure: the column benign holds 0 and 1: name it (label_column: benign)',
  );
  expect(await read(text, { columns: { label: 'benign' } })).toEqual([
    'file-label: ISIC_0000001.jpg 0 -',
    'file-label: ISIC_0000002.jpg 1 -',
  ]);
});

it('paths of another machine that name no image are refused with a cure that fits', async () => {
  expect(await refusal(read('path,label\n/kaggle/input/other.jpg,mel\n'))).toContain(
    'cure: the table holds paths of another machine: write the bare names',
  );
});
