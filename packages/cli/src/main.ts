import { CommanderError } from 'commander';
import { MedganError, systemError, UsageError, withCure } from '@medgan/files';
import { medganProgram } from './program/medgan.ts';

/** What is printed of an error: one that the user can act on needs no stack. */
function textOf(error: unknown): string {
  const known = error instanceof MedganError ? error : systemError(error);
  if (known) return `[medgan] ${withCure(known)}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** A command line that cannot be carried out as it is written, as against a fault on the way. */
const EXIT_USAGE = 2;

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  return error instanceof UsageError ? EXIT_USAGE : 1;
}

/** The command line. Sets the process's exit code; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough (`medgan models | head`) ends the output, not the training.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`[medgan] the output cannot be written (${error.code ?? error.message})\n`);
    process.exit(1);
  });
  try {
    await medganProgram((code) => (process.exitCode = code)).parseAsync([...argv]);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    // Commander has already written what is wrong, or the help.
    if (!(error instanceof CommanderError)) process.stderr.write(`${textOf(error)}\n`);
  }
}
