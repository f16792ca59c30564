import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ExamineRequest, ExamineReply } from './examine-engine-child.ts';

/** What became of an engine that was started: where it computes, or why it does not and what helps. */
export type EngineFinding = ExamineReply;

/** The child's module and what Node needs to run it: TypeScript in the repository, JavaScript in a published package. */
function child(): { readonly path: string; readonly execArgv: string[] } {
  if (!import.meta.url.endsWith('.ts')) {
    return { path: fileURLToPath(new URL('./examine-engine-child.js', import.meta.url)), execArgv: [] };
  }
  return {
    path: fileURLToPath(new URL('./examine-engine-child.ts', import.meta.url)),
    execArgv: ['--conditions=@medgan/source', '--import', import.meta.resolve('tsx')],
  };
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)!.trim();

/**
 * Starts an engine in a process of its own, trains a small network on it, and ends the process. For engines with native
 * libraries of which a process holds one, or which may end it.
 */
export function examineEngine(
  request: ExamineRequest,
  env: NodeJS.ProcessEnv = process.env,
): Promise<EngineFinding> {
  const { path, execArgv } = child();
  return new Promise((resolve, reject) => {
    const process = fork(path, [JSON.stringify(request)], { env, execArgv, silent: true });
    let written = '';
    let reply: EngineFinding | undefined;
    for (const stream of [process.stdout!, process.stderr!]) {
      stream.on('data', (chunk: Buffer) => (written += chunk.toString()));
    }
    process.on('message', (message) => (reply = message as EngineFinding));
    process.on('error', reject);
    process.on('close', (code, signal) => {
      const ending = `it ended its process (${signal ?? `exit code ${code}`})`;
      const reason = written.trim() === '' ? ending : `${ending}: ${lastLine(written)}`;
      resolve(reply ? { ...reply, written } : { reason, written });
    });
  });
}
