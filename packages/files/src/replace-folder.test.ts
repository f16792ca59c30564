import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { replaceFolder } from './replace-folder.ts';

const dir = mkdtempSync(join(tmpdir(), 'medgan-replace-folder-'));
const path = join(dir, 'made', 'folder');
beforeEach(() => rmSync(join(dir, 'made'), { recursive: true, force: true }));
afterAll(() => rmSync(dir, { recursive: true }));

const write = (name: string) => (draft: string) => {
  writeFileSync(join(draft, name), name);
  return Promise.resolve();
};

it('makes a folder, and replaces it as a whole', async () => {
  await replaceFolder(path, write('a'));
  expect(readdirSync(path)).toEqual(['a']);
  await replaceFolder(path, write('b'));
  expect(readdirSync(path)).toEqual(['b']);
  expect(readdirSync(join(dir, 'made'))).toEqual(['folder']);
});

it('is absent, or the old one, until the new one is whole', async () => {
  await replaceFolder(path, async (draft) => {
    await write('a')(draft);
    expect(existsSync(path)).toBe(false);
  });
  await replaceFolder(path, async (draft) => {
    await write('b')(draft);
    expect(readdirSync(path)).toEqual(['a']);
  });
});

it('keeps the old folder when the new one cannot be filled, and passes the error on', async () => {
  await replaceFolder(path, write('a'));
  const failing = async (draft: string): Promise<void> => {
    await write('b')(draft);
    throw new Error('full');
  };
  await expect(replaceFolder(path, failing)).rejects.toThrow('full');
  expect(readdirSync(path)).toEqual(['a']);
  expect(readdirSync(join(dir, 'made'))).toEqual(['folder']);
});

it('begins anew where killed processes have left drafts and old folders', async () => {
  for (const left of [`${path}.partial`, `${path}.old.partial`]) {
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, 'rest'), '');
  }
  await replaceFolder(path, write('a'));
  expect(readdirSync(path)).toEqual(['a']);
  await replaceFolder(path, write('b'));
  expect(readFileSync(join(path, 'b'), 'utf8')).toBe('b');
  expect(readdirSync(join(dir, 'made'))).toEqual(['folder']);
});
