import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lease, leasedIn } from './lease.ts';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'medgan-lease-'))));
afterEach(() => rmSync(dir, { recursive: true }));

it('lasts until the last of its holders gives it back', async () => {
  const release = [await lease(join(dir, 'a')), await lease(join(dir, 'a'))];
  expect([...(await leasedIn(dir))]).toEqual(['a']);
  await release[0]!();
  expect([...(await leasedIn(dir))]).toEqual(['a']);
  await release[1]!();
  expect([...(await leasedIn(dir))]).toEqual([]);
  expect(readdirSync(dir)).toEqual([]);
});

it('ends with its process; other files are left alone', async () => {
  writeFileSync(join(dir, 'notes.use'), 'mine');
  const note = 'a.123e4567-e89b-12d3-a456-426614174000.use';
  writeFileSync(join(dir, note), JSON.stringify({ pid: 2 ** 30, host: hostname() }));
  expect([...(await leasedIn(dir))]).toEqual([]);
  expect(readdirSync(dir)).toEqual(['notes.use']);
});

it('is none where nothing can be written', async () => {
  const release = await lease(join(dir, 'none', 'a'));
  await release();
  expect(readdirSync(dir)).toEqual([]);
});
