import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './pages.ts';

/** Programs of the docs, by the file that Node runs in their place. */
const PROGRAMS: Readonly<Record<string, string>> = {
  medgan: 'packages/cli/bin/medgan.mjs',
  nx: 'node_modules/nx/dist/bin/nx.js',
  tsx: 'node_modules/tsx/dist/cli.mjs',
};

export const isProgram = (name: string): boolean => Object.hasOwn(PROGRAMS, name);

/** Where a reader types, and what the shell there has exported. */
export interface Reader {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Without what an enclosing Nx, npm or vitest has set. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(NX_|INIT_CWD$|VITEST|FORCE_COLOR)/.test(key)),
  );

/** Runs a command to its end. Of one that went well, what it wrote to stderr is left out. */
export function type(
  words: readonly string[],
  { folder, env }: Reader,
): Promise<{ readonly code: number | string; readonly stderr: string }> {
  const [program, ...args] = words;
  const settings = { NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false', NX_TUI: 'false', NO_COLOR: '1' };
  const options = { cwd: folder, env: { ...environment(), ...settings, ...env }, maxBuffer: 1 << 26 };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, PROGRAMS[program!]!), ...args], options, (error, stdout, stderr) =>
      resolve(error ? { code: error.code ?? 1, stderr: `${stdout}\n${stderr}` } : { code: 0, stderr: '' }),
    );
  });
}
