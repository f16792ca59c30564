import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { codeOf, fileError, isAbsent } from './file-error.ts';
import { MedganError } from './errors.ts';

/** The content of a file: whole, or piece by piece. The bytes must not change until the write has settled. */
export type Content = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** How a file is written. */
export interface WriteOptions {
  /** Waits for the disk (default), so that the file is whole after a power cut too. Without it, only after a crash. */
  readonly durable?: boolean;
}

/** Temporary files and folders end in this. One that is found later was left by a process that was killed. */
export const UNFINISHED = '.partial';

/** The name that a file or folder was to have when it was finished: a finished one has it. */
export const finishedName = (name: string): string =>
  name.replace(/(\.old|\.\d+(-\d+)?|\.[\da-f-]{36})?\.partial$/, '');

const CHUNK_BYTES = 64 * 1024 * 1024;
const MOST_ATTEMPTS = 1000;

/**
 * Writes a file so that `path` holds the old content or the new one, never a part: a temporary file beside it, fsync,
 * rename, fsync of the folder. Makes the folder where it is missing. Writers of one path at the same time do not mix.
 * @throws MedganError when the disk or the folder refuses (the system's error is its `cause`), and what `content` throws;
 * the old content is then untouched.
 */
export async function writeFileAtomically(
  path: string,
  content: Content,
  { durable = true }: WriteOptions = {},
): Promise<void> {
  let temporary: string | undefined;
  try {
    await makeFolder(dirname(path), durable);
    const opened = await openTemporary(path);
    temporary = opened.path;
    try {
      for await (const piece of piecesOf(content)) await writeAll(opened.handle, piece);
      if (durable) await opened.handle.sync();
    } finally {
      await opened.handle.close();
    }
    await putInPlace(temporary, path, { durable });
  } catch (cause) {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined);
    if (codeOf(cause) === undefined || cause instanceof MedganError) throw cause;
    throw fileError(`${path} cannot be written`, cause);
  }
}

/**
 * Gives a temporary file its name: `path` is then the old file or the new one, never a part. With `durable` (default) the
 * name survives a power cut; the file's content does where it was synced before.
 * @throws MedganError when the folder refuses; the temporary file is then still there.
 */
export async function putInPlace(
  temporary: string,
  path: string,
  { durable = true }: WriteOptions = {},
): Promise<void> {
  try {
    await rename(temporary, path);
  } catch (cause) {
    throw fileError(`${path} cannot be written`, cause);
  }
  if (durable) await syncFolder(dirname(path));
}

function piecesOf(content: Content): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === 'string') return [Buffer.from(content)];
  return content instanceof Uint8Array ? [content] : content;
}

/** Opens `<path>.<pid>-<n>.partial`, where n is the first number that no other file has. */
async function openTemporary(path: string): Promise<{ path: string; handle: FileHandle }> {
  for (let attempt = 0; ; attempt++) {
    const temporary = `${path}.${process.pid}-${attempt}${UNFINISHED}`;
    try {
      return { path: temporary, handle: await open(temporary, 'wx') };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || attempt > MOST_ATTEMPTS) throw error;
    }
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < bytes.byteLength) {
    const length = Math.min(CHUNK_BYTES, bytes.byteLength - offset);
    offset += (await handle.write(bytes, offset, length)).bytesWritten;
  }
}

/**
 * Makes a folder and those above it. With `durable`, each new one has its name on the disk when this returns.
 *
 * Not by `mkdir` with `recursive`: where the system answers ENOENT although the parent exists (/proc on Linux, names with
 * `:` or `?` and drives that are gone on Windows), Node tries for ever (nodejs/node#28599, #36490).
 * @throws the system's error when one of them cannot be made, or a file is in the way.
 */
export async function makeFolder(path: string, durable = false): Promise<void> {
  const missing: string[] = [];
  let folder = resolve(path);
  while (!(await isFolder(folder))) {
    missing.unshift(folder);
    if (folder === dirname(folder)) break;
    folder = dirname(folder);
  }
  for (const each of missing) {
    try {
      await mkdir(each);
    } catch (error) {
      // Another process may have made it in the meantime.
      if (codeOf(error) !== 'EEXIST' || !(await isFolder(each))) throw error;
    }
    if (durable) await syncFolder(dirname(each));
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
  // A file is in the way: the system says so in its own error.
  await mkdir(path);
  return true;
}

/** Makes the renames in a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders; its file system keeps a journal of renames.
  if (process.platform === 'win32') return;
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Some network file systems cannot sync folders, and some folders may be written to but not read.
    if (['EINVAL', 'ENOTSUP', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return;
    throw fileError(`folder ${folder} cannot be synced`, error);
  }
}
