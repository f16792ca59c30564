import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { defined } from './defined.ts';
import { MedganError, messageOf } from './errors.ts';
import { isAbsent } from './file-error.ts';
import { makeFolder } from './write-file.ts';

/** The process that has a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** When it was started, in the system's own terms: differs for a later process with the same number. Linux only. */
  readonly started?: string;
}

/** A lock that this process has. */
export interface HeldLock {
  /** Gives it back. */
  readonly release: () => Promise<void>;
}

/** The boot of the machine and the ticks from there to the start of a process; undefined where Linux's /proc is not. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, the second of the fields, may hold anything, brackets and spaces too.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3];
    return `${boot.trim()} ${ticks}`;
  } catch {
    return undefined;
  }
}

/** This process, as a lock names it. */
export async function thisProcess(): Promise<LockHolder> {
  const started = await startOf(process.pid);
  return { pid: process.pid, host: hostname(), ...defined({ started }) };
}

/** A process of another machine cannot be asked, and may be there. */
async function isAlive({ pid, host, started }: LockHolder): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return started === undefined || started === ((await startOf(pid)) ?? started);
}

/** What a lock file says; undefined when there is none. */
async function readLock(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function livingHolder(text: string): Promise<LockHolder | undefined> {
  try {
    const holder = JSON.parse(text) as LockHolder;
    return (await isAlive(holder)) ? holder : undefined;
  } catch {
    // A lock that was cut off by a power failure holds nothing.
    return undefined;
  }
}

/** The process that has the lock at `path`, as far as it is still there; undefined when nobody has it. */
export async function lockHolder(path: string): Promise<LockHolder | undefined> {
  const text = await readLock(path).catch(() => undefined);
  return text === undefined ? undefined : livingHolder(text);
}

/** Attempts, and the milliseconds between them, while another process removes the lock of one that is gone. */
const ATTEMPTS = 200;
const PAUSE = 10;

/**
 * Takes the lock file at `path` for this process, making its folder where it is missing. A lock left behind by a process
 * that is gone is taken over, by one of those who want it. Gives the lock, or who has it.
 * @throws MedganError when the folder cannot be made or written to.
 */
export async function takeLock(path: string): Promise<HeldLock | { readonly holder: LockHolder }> {
  const text = JSON.stringify({ ...(await thisProcess()), lock: randomUUID() });
  // A link appears with its content: nobody reads a lock that is not written yet and takes it for a dead one.
  const written = `${path}.${randomUUID()}.partial`;
  try {
    await makeFolder(dirname(path));
    await writeFile(written, text);
  } catch (cause) {
    throw new MedganError(`folder ${dirname(path)} cannot be used: ${messageOf(cause)}`, {
      cure: 'check that the folder is writable and its disk not full, or choose another one',
      cause,
    });
  }
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        await link(written, path);
        return { release: () => release(path, text) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await lockHolder(path);
      if (holder) return { holder: { pid: holder.pid, host: holder.host } };
      if (!(await removeDead(path))) await setTimeout(PAUSE);
    }
  } finally {
    await rm(written, { force: true });
  }
  throw new MedganError(`${path} cannot be taken`, { cure: 'remove it if no process needs it' });
}

/**
 * Removes the lock of a process that is gone. Only one process at a time may: between the look at a dead lock and its
 * removal, it could otherwise have become another's, and that one would be removed. False when another is at it.
 */
async function removeDead(path: string): Promise<boolean> {
  const guard = await takeLock(`${path}.take-over`);
  if ('holder' in guard) return false;
  try {
    const text = await readLock(path);
    if (text !== undefined && !(await livingHolder(text))) await rm(path, { force: true });
    return true;
  } finally {
    await guard.release();
  }
}

/** Removes the lock as it was taken; the folder may have been emptied since, and the lock taken anew. */
async function release(path: string, text: string): Promise<void> {
  if ((await readLock(path)) === text) await rm(path, { force: true });
}
