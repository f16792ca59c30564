import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { lockHolder, takeLock, thisProcess } from './lock.ts';

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

  it('names its holder until it is given back', async () => {
    const lock = await takeLock(path);
    expect(await lockHolder(path)).toMatchObject(await thisProcess());
    if ('release' in lock) await lock.release();
    expect(existsSync(path)).toBe(false);
    expect(await lockHolder(path)).toBeUndefined();
  });

  it('says which folder refuses it', async () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    await expect(takeLock(join(file, 'some.lock'))).rejects.toThrow(`folder ${file} cannot be used: EEXIST`);
  });

  it('stays when another process has taken it since', async () => {
    const lock = await takeLock(path);
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere' }));
    if ('release' in lock) await lock.release();
    expect(await lockHolder(path)).toEqual({ pid: 1, host: 'elsewhere' });
  });

  it('stays when this process has taken it anew since', async () => {
    const first = await takeLock(path);
    rmSync(path);
    const second = await takeLock(path);
    if ('release' in first) await first.release();
    expect(await lockHolder(path)).toMatchObject({ pid: process.pid });
    if ('release' in second) await second.release();
    expect(existsSync(path)).toBe(false);
  });
});

/** Above the largest number that Linux gives. */
const GONE = 2 ** 22 + 1;
const leave = (name: string, holder: object): void => {
  mkdirSync(join(dir, 'made'), { recursive: true });
  writeFileSync(name, JSON.stringify({ host: hostname(), ...holder }));
};

describe('a lock whose process is gone', () => {
  it('is taken over by one of many', async () => {
    for (let round = 0; round < 10; round++) {
      leave(path, { pid: GONE });
      const taken = await Promise.all(Array.from({ length: 6 }, () => takeLock(path)));
      expect(taken.filter((lock) => 'release' in lock)).toHaveLength(1);
      expect(readdirSync(join(dir, 'made'))).toEqual(['some.lock']);
      for (const lock of taken) if ('release' in lock) await lock.release();
    }
  });

  it('is taken over although a process died in taking it over', async () => {
    leave(path, { pid: GONE });
    leave(`${path}.take-over`, { pid: GONE });
    expect(await takeLock(path)).toHaveProperty('release');
    expect(readdirSync(join(dir, 'made'))).toEqual(['some.lock']);
  });

  it('holds nothing, nor does one that was cut off', async () => {
    leave(path, { pid: GONE });
    expect(await lockHolder(path)).toBeUndefined();
    writeFileSync(path, '{"pid": 1');
    expect(await lockHolder(path)).toBeUndefined();
    expect(await takeLock(path)).toHaveProperty('release');
  });

  it.runIf(process.platform === 'linux')(
    'is not mistaken for that of a later process with its number',
    async () => {
      const { started } = await thisProcess();
      expect(started).toMatch(/^[0-9a-f-]{36} \d+$/);
      leave(path, { pid: process.pid, started });
      expect(await takeLock(path)).toHaveProperty('holder');
      for (const other of [`${started}1`, `00000000-${started!.slice(9)}`]) {
        leave(path, { pid: process.pid, started: other });
        expect(await lockHolder(path)).toBeUndefined();
        const lock = await takeLock(path);
        expect(lock).toHaveProperty('release');
        if ('release' in lock) await lock.release();
      }
    },
  );

  it('may be alive where nobody knows when its process was started, and on another machine', async () => {
    leave(path, { pid: process.pid });
    expect(await lockHolder(path)).toMatchObject({ pid: process.pid });
    leave(path, { pid: GONE, host: 'elsewhere', started: 'then' });
    expect(await takeLock(path)).toEqual({ holder: { pid: GONE, host: 'elsewhere' } });
  });
});
