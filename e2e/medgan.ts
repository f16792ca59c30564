import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const MEDGAN = join(import.meta.dirname, '../packages/cli/bin/medgan.mjs');

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command line as a user does, in the folder `cwd`. */
export function startMedgan(
  args: readonly string[],
  { cwd = process.cwd() } = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  // vitest asks its workers for colours in CI; a user's pipe does not.
  const { FORCE_COLOR: _colours, ...env } = process.env;
  const child = spawn(process.execPath, [MEDGAN, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

export const medgan = (...args: string[]): Promise<Ended> => startMedgan(args).ended;
