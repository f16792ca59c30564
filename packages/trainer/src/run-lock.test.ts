import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { lockRun } from './run-lock.ts';

const dir = mkdtempSync(join(tmpdir(), 'medgan-lock-'));
const path = join(dir, 'run.lock');
beforeEach(() => rmSync(path, { force: true }));
afterAll(() => rmSync(dir, { recursive: true }));

const holder = (pid: number, host = hostname()): void => writeFileSync(path, JSON.stringify({ pid, host }));

describe('lockRun', () => {
  it('refuses a folder that a living process has, and names it', async () => {
    await lockRun(dir);
    await expect(lockRun(dir)).rejects.toThrow(`is being trained by process ${process.pid} on ${hostname()}`);
  });

  it('gives the folder back', async () => {
    const unlock = await lockRun(dir);
    await unlock();
    expect(existsSync(path)).toBe(false);
    await lockRun(dir);
  });

  it('takes over the lock of a process that is gone', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    holder(pid);
    await expect(lockRun(dir)).resolves.toBeTypeOf('function');
  });

  it('takes over a lock that was cut off while it was written', async () => {
    writeFileSync(path, '{"pid":');
    await expect(lockRun(dir)).resolves.toBeTypeOf('function');
  });

  it('respects the lock of another machine, whose processes it cannot see', async () => {
    holder(1, 'elsewhere');
    await expect(lockRun(dir)).rejects.toThrow('by process 1 on elsewhere');
  });
});
