import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { MedganError } from './errors.ts';

/** The process that has a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
}

/** A process of another machine cannot be asked, and may be there. */
function isAlive({ pid, host }: LockHolder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The process that has the lock at `path`, as far as it is still there; undefined when nobody has it. */
export async function lockHolder(path: string): Promise<LockHolder | undefined> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as LockHolder;
    return isAlive(holder) ? holder : undefined;
  } catch {
    // A lock that is gone, or was cut off while it was written, holds nothing.
    return undefined;
  }
}

/**
 * Takes the lock file at `path` for this process, making its folder where it is missing. A lock left behind by a process
 * that is gone is taken over. Gives the function that gives it back, or who has it.
 */
export async function takeLock(
  path: string,
): Promise<{ readonly release: () => Promise<void> } | { readonly holder: LockHolder }> {
  await mkdir(dirname(path), { recursive: true });
  // A link appears with its content: nobody reads a lock that is not written yet and takes it for a dead one.
  const written = `${path}.${randomUUID()}.partial`;
  await writeFile(written, JSON.stringify({ pid: process.pid, host: hostname() } satisfies LockHolder));
  try {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        await link(written, path);
        return { release: () => release(path) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const holder = await lockHolder(path);
        if (holder) return { holder };
        await rm(path, { force: true });
      }
    }
  } finally {
    await rm(written, { force: true });
  }
  throw new MedganError(`${path} cannot be taken`, { cure: 'remove it if no process needs it' });
}

/** Removes a lock of this process; the folder may have been emptied since, and another process have taken it. */
async function release(path: string): Promise<void> {
  const holder = await lockHolder(path);
  if (holder?.pid === process.pid && holder.host === hostname()) await rm(path, { force: true });
}
