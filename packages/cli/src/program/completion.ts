import { Argument, type Command } from 'commander';
import { completionScript, SHELL_NAMES, type Shell } from '../completion/scripts.ts';
import { completionWords } from '../completion/words.ts';

/** The command that makes a shell complete all others. */
export function addCompletionCommand(medgan: Command): void {
  medgan
    .command('completion')
    .description('a script that completes commands and options in a shell: source <(medgan completion bash)')
    .addArgument(new Argument('<shell>', 'which one').choices(SHELL_NAMES))
    .action((shell: Shell) => {
      process.stdout.write(completionScript(shell, completionWords(medgan)));
    });
}
