import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { WeightsError } from './errors.ts';

const CHUNK_BYTES = 64 * 1024 * 1024;

/**
 * Writes a file that is either wholly there or not at all, also after a crash or a power cut: a temporary file in the
 * same folder (`.<name>.<pid>-<n>.tmp`), fsync, rename over the old one, fsync of the folder.
 * @throws WeightsError when the disk or the folder refuses; the old file is then untouched and the temporary one gone.
 */
export async function writeFileAtomically(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  let temporary: string | undefined;
  try {
    const opened = await openTemporary(path);
    temporary = opened.path;
    try {
      for (const part of parts) await writeAll(opened.handle, part);
      await opened.handle.sync();
    } finally {
      await opened.handle.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined);
    if (cause instanceof WeightsError) throw cause;
    throw fileError(`${path} cannot be written`, cause);
  }
  await syncFolder(dirname(path));
}

async function openTemporary(path: string): Promise<{ path: string; handle: FileHandle }> {
  for (let attempt = 0; ; attempt++) {
    const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${attempt}.tmp`);
    try {
      return { path: temporary, handle: await open(temporary, 'wx') };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || attempt > 1000) throw error;
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

async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders; there the rename itself is journalled.
  if (process.platform === 'win32') return;
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Some network file systems know no fsync of folders; the file itself is complete by now.
    if (!['EINVAL', 'ENOTSUP', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) {
      throw fileError(`folder ${folder} cannot be synced`, error);
    }
  }
}

const cures: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space or write elsewhere',
  EDQUOT: 'the disk quota is used up: free some space or write elsewhere',
  EROFS: 'the file system is read-only: write elsewhere',
  EACCES: 'check the permissions of the file and its folder',
  EPERM: 'check the permissions of the file and its folder',
  ENOENT: 'check the path; the folder must exist',
  EISDIR: 'name a file, not a folder',
  ENOTDIR: 'check the path; a part of it is no folder',
};

/** A system error about a file as one a user can act on; the original is its `cause`. */
export function fileError(what: string, cause: unknown): WeightsError {
  const code = codeOf(cause);
  const cure = code === undefined ? undefined : cures[code];
  const reason = code ?? (cause instanceof Error ? cause.message : String(cause));
  return new WeightsError(`${what} (${reason})`, { cure: cure ?? 'check the disk and the path', cause });
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
