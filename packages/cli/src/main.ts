import { EngineError } from '@medgan/engine';
import { MedganError } from '@medgan/plugin-api';
import { WeightsError } from '@medgan/weights';
import { medganProgram } from './program/medgan.ts';

/** Errors a user can act on are told without a stack. */
const isForUsers = (error: unknown): error is Error =>
  error instanceof MedganError || error instanceof EngineError || error instanceof WeightsError;

/** The command line. Sets the process's exit code; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough (`medgan models | head`) ends the output, not the training.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    await medganProgram((code) => (process.exitCode = code)).parseAsync([...argv]);
  } catch (error) {
    process.exitCode = 1;
    if (isForUsers(error)) process.stderr.write(`${error.message}\n`);
    else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
}
