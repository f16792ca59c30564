import { open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { MedganError } from '@medgan/plugin-api';

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** Whether the process that took a lock is still there; a process of another machine may be. */
function isAlive({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    // A lock that is gone, or was cut off while it was written, holds nothing.
    return undefined;
  }
}

/**
 * Takes the run folder for this process; two processes writing into one would spoil both. A lock left behind by a
 * process that is gone is taken over. Returns the function that gives the folder back.
 * @throws MedganError when another process has it.
 */
export async function lockRun(runDir: string): Promise<() => Promise<void>> {
  const path = join(runDir, 'run.lock');
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = await open(path, 'wx');
      await handle.writeFile(JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder));
      await handle.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = await holderOf(path);
      if (holder && isAlive(holder)) {
        throw new MedganError(`${runDir} is being trained by process ${holder.pid} on ${holder.host}`, {
          cure: `wait for it, choose another run: name, or remove ${path} if that process is gone`,
        });
      }
      await rm(path, { force: true });
    }
  }
  throw new MedganError(`${path} cannot be taken`, { cure: 'remove it if no process trains this run' });
}
