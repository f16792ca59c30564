import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MedganError, withCure } from './errors.ts';
import { systemError } from './system-error.ts';

const dir = mkdtempSync(join(tmpdir(), 'medgan-system-'));
afterAll(() => rmSync(dir, { recursive: true }));
const at = (name: string): string => join(dir, name);
writeFileSync(at('file'), 'x');
mkdirSync(at('full/inside'), { recursive: true });

/** What is printed of the error that `work` ends with. */
async function printed(work: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const known = systemError(error);
  return known && withCure(known).replaceAll(dir, 'DIR');
}

describe('an error of the operating system', () => {
  it.each([
    [
      'a file that is not there',
      () => readFile(at('none')),
      'DIR/none cannot be opened: there is no such file or folder (ENOENT)\n  cure: check the path; the folder must exist',
    ],
    [
      'a folder read as a file',
      () => readFile(dir),
      'a file cannot be read: it is a folder (EISDIR)\n  cure: name a file, not a folder',
    ],
    [
      'a file taken for a folder',
      () => mkdir(at('file/x')),
      'DIR/file/x cannot be made: a part of the path is a file, not a folder (ENOTDIR)\n  cure: check the path; a part of it is a file, not a folder',
    ],
    [
      'a file that is listed',
      () => readdir(at('file')),
      'DIR/file cannot be listed: a part of the path is a file, not a folder (ENOTDIR)\n  cure: check the path; a part of it is a file, not a folder',
    ],
    [
      'a folder that is not empty',
      () => rmdir(at('full')),
      'DIR/full cannot be removed: the folder is not empty (ENOTEMPTY)\n  cure: check the disk and the path',
    ],
    [
      'a folder removed as a file',
      () => rm(at('full')),
      'Path is a directory: rm returned EISDIR (is a directory) DIR/full (ERR_FS_EISDIR)',
    ],
    [
      'a rename',
      () => rename(at('none'), at('other')),
      'DIR/none cannot be renamed to DIR/other: there is no such file or folder (ENOENT)\n  cure: check the path; the folder must exist',
    ],
    [
      'a copy',
      () => copyFile(at('none'), at('other')),
      'DIR/none cannot be copied to DIR/other: there is no such file or folder (ENOENT)\n  cure: check the path; the folder must exist',
    ],
    [
      'a name that is too long',
      () => open(at('x'.repeat(300))),
      `DIR/${'x'.repeat(300)} cannot be opened: the name is too long (ENAMETOOLONG)\n  cure: check the disk and the path`,
    ],
  ])('%s is one sentence with its cure', async (_what, work, text) => {
    expect(await printed(work())).toBe(text);
  });

  it.skipIf(process.platform !== 'linux')('a full disk is one sentence with its cure', async () => {
    const full = await open('/dev/full', 'w');
    try {
      expect(await printed(full.writeFile('x'))).toBe(
        'a file cannot be written: the disk is full (ENOSPC)\n  cure: the disk is full: free some space or write elsewhere',
      );
    } finally {
      await full.close();
    }
  });

  it('a program that is not there is named', async () => {
    const child = spawn(at('no-program'));
    const [error] = (await once(child, 'error')) as [Error];
    expect(systemError(error)!.message).toBe(
      `the program ${at('no-program')} cannot be started: there is no such file or folder (ENOENT)`,
    );
  });

  it('a server that is not there is named', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const [error] = (await once(connect(port, '127.0.0.1'), 'error')) as [Error];
    expect(systemError(error)!.message).toBe(
      `127.0.0.1:${port} cannot be reached: nothing listens there (ECONNREFUSED)`,
    );
  });

  it('keeps the original as its cause, and no other error is taken for one', async () => {
    const error: unknown = await readFile(at('none')).catch((reason: unknown) => reason);
    expect(systemError(error)).toBeInstanceOf(MedganError);
    expect(systemError(error)!.cause).toBe(error);
    for (const other of [
      new TypeError('x'),
      new MedganError('x'),
      'ENOENT',
      Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }),
    ])
      expect(systemError(other)).toBeUndefined();
  });
});
