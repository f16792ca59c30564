import { randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockHolder, thisProcess } from './lock.ts';

const LEASE = /^(.+)\.[0-9a-f-]{36}\.use$/;

/**
 * Says that this process needs the file at `path`: a small file beside it names the process. Many may need one file at
 * once. Gives the function that takes it back; a process that dies without doing so counts as gone.
 */
export async function lease(path: string): Promise<() => Promise<void>> {
  const note = `${path}.${randomUUID()}.use`;
  try {
    await writeFile(note, JSON.stringify(await thisProcess()));
  } catch {
    // Where nothing can be written, nothing is removed either.
    return () => Promise.resolve();
  }
  return () => rm(note, { force: true });
}

/** The files in `dir` that a living process needs, by name. Notes of processes that are gone are removed. */
export async function leasedIn(dir: string): Promise<ReadonlySet<string>> {
  const leased = new Set<string>();
  for (const name of await readdir(dir)) {
    const file = LEASE.exec(name)?.[1];
    if (file === undefined) continue;
    if (await lockHolder(join(dir, name))) leased.add(file);
    else await rm(join(dir, name), { force: true });
  }
  return leased;
}
