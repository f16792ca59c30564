import { execFile } from 'node:child_process';
import { MedganError } from '@medgan/files';

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of Slurm's programs; `input` goes to its standard input. */
export type RunProgram = (program: string, args: readonly string[], input?: string) => Promise<ProgramEnd>;

/** Milliseconds after which a program that still waits for the controller is ended: its own patience is 9 seconds. */
const TIMEOUT = 60_000;
/** The list of 100,000 jobs has about 10 MB. */
const MAX_OUTPUT = 256 * 1024 * 1024;

/**
 * The environment without what an allocation in which medgan itself runs would lay over the options of its jobs, and with
 * messages in English.
 */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([key]) => !/^(SLURM|SBATCH|SQUEUE|SACCT)_/.test(key) || key === 'SLURM_CONF',
  );
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

/** @throws MedganError when there is no such program. */
export const runProgram: RunProgram = (program, args, input = '') =>
  new Promise((resolve, reject) => {
    const options = { env: environment(), timeout: TIMEOUT, maxBuffer: MAX_OUTPUT };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error?.code === 'ENOENT') {
        reject(
          new MedganError(`${program} cannot be started: there is no such program in PATH`, {
            cure: 'run medgan on a machine of the cluster from which jobs are submitted, often called the login node',
            cause: error,
          }),
        );
        return;
      }
      const code = typeof error?.code === 'number' ? error.code : 1;
      resolve({ code: error ? code : 0, stdout, stderr: error?.killed ? `${stderr}timed out` : stderr });
    });
    // A program that ends without reading its input closes it.
    child.stdin!.on('error', () => undefined);
    child.stdin!.end(input);
  });
