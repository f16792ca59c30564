import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { folderKey, knownKey } from './folder-key.ts';

const dir = mkdtempSync(join(tmpdir(), 'medgan-key-'));
afterAll(() => rmSync(dir, { recursive: true }));

it('is drawn once, however many ask at once, and goes with the folder', async () => {
  const from = join(dir, 'from');
  expect(await knownKey(from)).toBeUndefined();
  const keys = await Promise.all(Array.from({ length: 8 }, () => folderKey(from)));
  expect(new Set(keys).size).toBe(1);
  expect(readdirSync(join(from, '.mlflow'))).toEqual(['id']);
  renameSync(from, join(dir, 'to'));
  expect(await knownKey(join(dir, 'to'))).toBe(keys[0]);
});
