import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { defined } from '@medgan/files';

/** A program to run, and where. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds after which it is stopped. */
  readonly limit?: number;
}

/** How a program ended. */
interface CommandResult {
  readonly ok: boolean;
  /** Why it failed, in one line: an error that it named, else its last line. */
  readonly reason: string;
}

/** Runs a program to its end. What it writes goes to the file `log`, after the command itself. */
export type RunCommand = (command: Command) => Promise<CommandResult>;

/** A line that names an error: `npm error Error: getaddrinfo ENOTFOUND …`, `x.cc:1:2: fatal error: …`, `ERROR: …`. */
const NAMES_AN_ERROR = /\berror: \S/i;

/** Why a program failed, from what it wrote. */
export function reasonIn(written: string): string {
  const lines = written
    .split('\n')
    .map((line) => line.trim().replace(/^npm error /, ''))
    .filter((line) => line !== '');
  return lines.find((line) => NAMES_AN_ERROR.test(line)) ?? lines.at(-1) ?? 'it said nothing';
}

/** A `RunCommand` that writes to `log`, a file. */
export function commandRunner(log: string): RunCommand {
  return ({ program, args, cwd, env = process.env, limit }) =>
    new Promise((resolve) => {
      appendFileSync(log, `\n$ ${[program, ...args].join(' ')}\n`);
      let written = '';
      const child = spawn(program, args, {
        cwd,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        // npm is a script of the shell there.
        shell: process.platform === 'win32',
        ...defined({ timeout: limit }),
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          appendFileSync(log, chunk);
          written = `${written}${chunk.toString()}`.slice(-20_000);
        });
      }
      child.on('error', (error) => resolve({ ok: false, reason: error.message }));
      child.on('close', (code, signal) => {
        resolve({ ok: code === 0, reason: signal ? `it was ended by ${signal}` : reasonIn(written) });
      });
    });
}
