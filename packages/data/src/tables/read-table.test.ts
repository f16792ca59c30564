import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withCure } from '@medgan/files';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvLine } from './csv-cell.ts';
import { readTable, rowNumber } from './read-table.ts';

let dir: string;
let path: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'medgan-table-'));
  path = join(dir, 't.csv');
});
afterAll(() => rm(dir, { recursive: true }));

async function read(content: string | Uint8Array, encoding?: string) {
  await writeFile(path, content);
  return readTable('test', path, { encoding, canState: true });
}

const refusal = async (content: string | Uint8Array, encoding?: string): Promise<string> =>
  read(content, encoding).then(
    () => 'no error',
    (error: unknown) => withCure(error).replace(dir, 'DIR'),
  );

const TWO = {
  columns: ['file', 'label'],
  rows: [
    ['a', 'mel'],
    ['b', 'nv'],
  ],
};

describe('a table is read', () => {
  it.each<[string, string | Uint8Array]>([
    ['with mixed line ends', 'file,label\r\na,mel\nb,nv\r'],
    ['with comma-only lines at its end', 'file,label\na,mel\nb,nv\n,\n,\n'],
    ['with empty last columns', 'file,label,,\na,mel,,\nb,nv,,\n'],
    ['with trailing commas in the rows alone', 'file,label\na,mel,\nb,nv,,\n'],
    ['with the line by which Excel states the separator', 'sep=;\r\nfile;label\r\na;mel\r\nb;nv\r\n'],
    ['in UTF-16, with tabs', Buffer.from('\ufefffile\tlabel\r\na\tmel\r\nb\tnv\r\n', 'utf16le')],
    ['in UTF-16 of the other order', Buffer.from('\ufefffile\tlabel\na\tmel\nb\tnv\n', 'utf16le').swap16()],
    ['with a byte order mark and blank lines', '\ufeff\n\nfile,label\n\na,mel\n\nb,nv'],
    ['with bars', 'file|label\na|mel\nb|nv\n'],
    ['with quotes around cells that hold separators', '"file";"label"\n"a";"mel"\n"b";"nv"\n'],
  ])('%s', async (_, content) => {
    expect(await read(content)).toMatchObject(TWO);
  });

  it('with an inch mark within a cell', async () => {
    expect((await read('file,note\na,5" ruler\nb,x\n')).rows[0]).toEqual(['a', '5" ruler']);
  });

  it('as it is encoded, where that is stated', async () => {
    const western = Buffer.from('file,label\na,\xe9\nb,\xe8\n', 'latin1');
    expect((await read(western, 'windows-1252')).rows).toEqual([
      ['a', 'é'],
      ['b', 'è'],
    ]);
    const chinese = Buffer.concat([Buffer.from('file,label\na,'), Uint8Array.of(0xba, 0xda, 0xd6, 0xbe)]);
    expect((await read(chinese, 'gbk')).rows).toEqual([['a', '黑志']]);
  });

  it('with the numbers of its lines, cells over several lines included', async () => {
    const table = await read('file,label\n"a\n",mel\n\nb,nv\n');
    expect([0, 1].map((row) => rowNumber(table, row))).toEqual([2, 5]);
  });

  it('to the cells that were written, whatever is in them', async () => {
    const cell = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() !== '');
    const odd = fc.constantFrom(
      ' a',
      'a ',
      '"',
      'a,b',
      'a;b',
      'x\ny',
      'x\r\ny',
      '\u00e9',
      'e\u0301',
      'a"b',
      '\ufeffa',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.oneof(cell, odd), fc.oneof(cell, odd)), { minLength: 1, maxLength: 5 }),
        async (rows) => {
          const table = await read(csvLine(['file', 'label']) + rows.map(csvLine).join(''));
          expect(table.rows).toEqual(rows);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a first line', () => {
  it.each(['image_id,benign', 'image,malignant', 'File,1'])('%s is a header', async (header) => {
    expect((await read(`${header}\nISIC_1,0\n`)).columns).toEqual(header.split(','));
  });

  it.each(['ISIC_1,benign', 'ISIC_1,Malignant', 'ISIC_1,0', 'ISIC_1,1.0'])('%s is a row', async (row) => {
    expect((await read(`${row}\nISIC_2,1\n`)).columns).toBeUndefined();
  });
});

describe('a table is refused', () => {
  it('that is not UTF-8, with its line, its byte and the probable encoding', async () => {
    expect(await refusal(Buffer.from('file,label\na,mel\nb,m\xe9lanome\n', 'latin1'))).toMatchInlineSnapshot(`
      "test: the table DIR/t.csv is not UTF-8: line 3 holds the byte 0xE9
        cure: it looks like windows-1252: save it as "CSV UTF-8", or state its encoding: dataset_options: {encoding: windows-1252}"
    `);
    const chinese = Buffer.concat([Buffer.from('file,label\na,'), Uint8Array.of(0xba, 0xda, 0xd6, 0xbe)]);
    expect(await refusal(chinese)).toContain('it looks like gbk');
    expect(await refusal(chinese, 'utf-8')).toContain('is not utf-8: line 2');
    expect(await refusal('a,b\n1,2\n', 'klingon')).toContain('no encoding is called "klingon"');
  });

  it.each<[string, string | Uint8Array]>([
    ['an Excel workbook', Buffer.from('PK\x03\x04rest', 'latin1')],
    ['an old Excel workbook', Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 1, 2)],
    ['packed with gzip', Uint8Array.of(0x1f, 0x8b, 8, 0)],
    ['a pointer of Git LFS', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n'],
    ['a web page', '<!DOCTYPE html><html></html>'],
    ['no text: it holds NUL bytes', Buffer.from('file,label\na,b\n', 'utf16le')],
  ])('that is %s', async (what, content) => {
    expect(await refusal(content)).toContain(`the table DIR/t.csv is ${what}`);
  });

  it('whose rows have other lengths, with the line', async () => {
    expect(await refusal('file,label,group\na,mel,1\nb,nv\n')).toContain(
      'line 3: 2 cells, where the first line has 3',
    );
    expect(await refusal('file,label\na,mel,extra\n')).toContain(
      'line 2: 3 cells, where the first line has 2',
    );
  });

  it('that is empty, or has two columns of one name', async () => {
    expect(await refusal('')).toContain('has no row');
    expect(await refusal('file,label,label\na,b,c\n')).toContain('two columns "label"');
    expect(await refusal('file,"label\na,b\n')).toContain('is no proper CSV');
  });
});
