import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { lockHolder, takeLock } from './file-lock.ts';

const dir = mkdtempSync(join(tmpdir(), 'medgan-file-lock-'));
const path = join(dir, 'made', 'some.lock');
beforeEach(() => rmSync(join(dir, 'made'), { recursive: true, force: true }));
afterAll(() => rmSync(dir, { recursive: true }));

describe('takeLock', () => {
  it('lets one of many have it, and leaves nothing else behind', async () => {
    const taken = await Promise.all([takeLock(path), takeLock(path), takeLock(path)]);
    expect(taken.filter((lock) => 'release' in lock)).toHaveLength(1);
    expect(taken.find((lock) => 'holder' in lock)).toEqual({
      holder: { pid: process.pid, host: hostname() },
    });
    expect(readdirSync(join(dir, 'made'))).toEqual(['some.lock']);
  });

  it('is told of its holder until it is given back', async () => {
    const lock = await takeLock(path);
    expect(await lockHolder(path)).toEqual({ pid: process.pid, host: hostname() });
    if ('release' in lock) await lock.release();
    expect(existsSync(path)).toBe(false);
    expect(await lockHolder(path)).toBeUndefined();
  });

  it('stays when another process has taken it since', async () => {
    const lock = await takeLock(path);
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere' }));
    if ('release' in lock) await lock.release();
    expect(await lockHolder(path)).toEqual({ pid: 1, host: 'elsewhere' });
  });
});
