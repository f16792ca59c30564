import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { AppendLog } from './append-log.ts';

const dir = mkdtempSync(join(tmpdir(), 'medgan-append-log-'));
const path = join(dir, 'made', 'log');
beforeEach(() => rmSync(join(dir, 'made'), { recursive: true, force: true }));
afterAll(() => rmSync(dir, { recursive: true }));

const content = (): string => readFileSync(path, 'utf8');

describe('AppendLog', () => {
  it('makes the file, and grows', async () => {
    const log = await AppendLog.open(path);
    expect(content()).toBe('');
    await log.append('é\n');
    await log.append('b\n', { durable: true });
    await log.append('');
    expect(content()).toBe('é\nb\n');
    expect(log.length).toBe(5);
  });

  it('goes on after a length, and drops what comes after it at once', async () => {
    await (await AppendLog.open(path)).append('a\nb\nc');
    const log = await AppendLog.open(path, 4);
    expect(content()).toBe('a\nb\n');
    await log.append('d\n');
    expect(content()).toBe('a\nb\nd\n');
    await AppendLog.open(path);
    expect(content()).toBe('');
  });

  it('refuses a file that is shorter, and leaves it as it is', async () => {
    await (await AppendLog.open(path)).append('a\n');
    await expect(AppendLog.open(path, 3)).rejects.toThrow(
      `${path} cannot be opened (it has 2 bytes, and 3 are needed)`,
    );
    expect(content()).toBe('a\n');
  });

  it('cuts off what a failed write has left', async () => {
    const log = await AppendLog.open(path);
    await log.append('a\n');
    writeFileSync(path, 'a\nhalf of a li');
    await log.append('whole line\n');
    expect(content()).toBe('a\nwhole line\n');
  });

  it('says why it cannot be written, and counts nothing as written', async () => {
    const log = await AppendLog.open(path);
    rmSync(path);
    await expect(log.append('a\n')).rejects.toThrow(`${path} cannot be written (ENOENT)`);
    expect(log.length).toBe(0);
  });

  it('needs a folder that can be made', async () => {
    await AppendLog.open(path);
    truncateSync(path);
    await expect(AppendLog.open(join(path, 'log'))).rejects.toThrow('cannot be opened (EEXIST)');
  });
});
