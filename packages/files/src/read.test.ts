import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { listFolder, readJson, readText } from './read.ts';

const dir = mkdtempSync(join(tmpdir(), 'medgan-read-'));
afterAll(() => rmSync(dir, { recursive: true }));

it('reads what is there, and gives nothing where nothing is', async () => {
  const path = join(dir, 'a.json');
  expect(await readText(path)).toBeUndefined();
  expect(await readJson(path)).toBeUndefined();
  expect(await listFolder(path)).toEqual([]);
  writeFileSync(path, '{"a": 1}');
  expect(await readText(path)).toBe('{"a": 1}');
  expect(await readJson(path)).toEqual({ a: 1 });
  expect(await listFolder(dir)).toEqual(['a.json']);
});

it('says which file cannot be read, and why', async () => {
  const path = join(dir, 'broken.json');
  writeFileSync(path, '{"a');
  await expect(readJson(path)).rejects.toThrow(`${path} cannot be read: Unterminated string`);
  const cure = 'remove it';
  await expect(readJson(path, { cure })).rejects.toMatchObject({ cure });
  await expect(readText(dir)).rejects.toThrow(`${dir} cannot be read: EISDIR`);
  await expect(listFolder(path)).rejects.toThrow('ENOTDIR');
});
