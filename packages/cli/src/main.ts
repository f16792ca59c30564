import { medganProgram } from './program/medgan.ts';

/** Errors a user can act on, told without a stack; by name, because their packages take longer to load than `--help`. */
const FOR_USERS = ['MedganError', 'EngineError', 'WeightsError'];
const isForUsers = (error: unknown): error is Error =>
  error instanceof Error && FOR_USERS.includes(error.name);

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
