import type { Command } from 'commander';

/** A word that can come next, with what it means. */
interface Word {
  readonly word: string;
  readonly about: string;
}

/** What can be typed behind a command. */
export interface CommandWords {
  /** As typed: `data cache`; '' of the program itself. */
  readonly path: string;
  /** Commands below it. */
  readonly commands: readonly Word[];
  readonly options: readonly (Word & {
    /** Whether a value follows. */
    readonly hasValue: boolean;
    /** The only values it takes; any, such as a file, where there are none. */
    readonly values: readonly string[];
  })[];
  /** The only values that its arguments take. */
  readonly values: readonly string[];
}

/** What can be typed behind a command, and behind all those below it. Hidden ones are left out. */
export function completionWords(command: Command, path = ''): CommandWords[] {
  const help = command.createHelp();
  const below = help.visibleCommands(command).filter((each) => each.name() !== 'help');
  const own: CommandWords = {
    path,
    commands: below.map((each) => ({ word: each.name(), about: each.description() })),
    options: [...help.visibleOptions(command), ...(path === '' ? [] : globalOptions(command))].map(
      (option) => ({
        word: option.long!,
        about: option.description,
        hasValue: option.required || option.optional,
        values: option.argChoices ?? [],
      }),
    ),
    values: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
  };
  return [own, ...below.flatMap((each) => completionWords(each, `${path} ${each.name()}`.trim()))];
}

/** Of the program; its version is no option of its commands. */
function globalOptions(command: Command): ReturnType<ReturnType<Command['createHelp']>['visibleOptions']> {
  return command
    .createHelp()
    .visibleGlobalOptions(command)
    .filter(({ long }) => long !== '--version');
}
