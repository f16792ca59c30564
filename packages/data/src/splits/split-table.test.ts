import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { csvLine } from '../tables/csv-cell.ts';
import { readSplitTable } from './split-table.ts';

let dir: string;
let path: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'medgan-split-'));
  path = join(dir, 'parts.csv');
});
afterAll(() => rm(dir, { recursive: true }));

/** Writes a table of parts as `medgan data split` does, and reads it back. */
async function roundTrip(names: readonly string[], parts: readonly string[]): Promise<string[]> {
  const rows = names.map((name, i) => csvLine([name, 'mel', '', parts[i]!]));
  await writeFile(path, [csvLine(['file', 'class', 'group', 'split']), ...rows].join(''));
  return readSplitTable(path, { who: 'test', items: names.map((name) => ({ name, label: 0 })) });
}

it('gives the parts that were written, whatever the names of the files', async () => {
  const odd = fc.constantFrom(
    ' mel/1.jpg',
    'mel/1.jpg ',
    'mel/\u00e9',
    'mel/e\u0301',
    'a\\b',
    'a/b',
    '"',
    'x\r\ny',
    '\ufeffa',
  );
  const name = fc
    .oneof(odd, fc.string({ unit: 'grapheme', minLength: 1 }))
    .filter((text) => text.trim() !== '');
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), async (names) => {
      const parts = names.map((_, i) => (i % 2 ? 'train' : 'test'));
      expect(await roundTrip(names, parts)).toEqual(parts);
    }),
    { numRuns: 200 },
  );
});

it('finds a name that an editor spelled otherwise', async () => {
  await writeFile(path, 'file,split\nmel\\e\u0301.jpg,train\n');
  const items = [{ name: 'mel/\u00e9.jpg', label: 0 }];
  expect(await readSplitTable(path, { who: 'test', items })).toEqual(['train']);
});
