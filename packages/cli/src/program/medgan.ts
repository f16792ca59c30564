import { readFileSync } from 'node:fs';
import { Command, Help, type Option } from 'commander';
import { setQuiet } from '../notes.ts';
import { addCompletionCommand } from './completion.ts';
import { addDataCommands } from './data.ts';
import { addEngineCommands } from './engine.ts';
import { addExperimentCommands } from './experiment.ts';
import { addGeneratorCommands } from './generator.ts';
import { addJudgingCommands } from './judging.ts';
import { addMachineCommands } from './machine.ts';
import { addPluginsCommands } from './plugins.ts';
import { addMlflowCommands } from './mlflow.ts';
import { addReportCommand } from './report.ts';
import { addTrainingCommands } from './training.ts';

/** Flags that are off and lists that are empty have a default that says nothing to a reader. */
function optionDescription(this: Help, option: Option): string {
  const defaultValue: unknown = option.defaultValue;
  const saysNothing = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
  const shown = saysNothing
    ? (Object.create(option, { defaultValue: { value: undefined } }) as Option)
    : option;
  return Help.prototype.optionDescription.call(this, shown);
}

/**
 * The command line, each command with its arguments and options; `finish` is called with the exit code of a command. Commands are
 * loaded when they are called, so that `medgan --help` is instant.
 */
export function medganProgram(finish: (code: number) => void): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const medgan = new Command('medgan')
    .description('GAN experiments on medical images')
    .version(version)
    .configureHelp({ optionDescription, showGlobalOptions: true })
    .option('-q, --quiet', 'print results, warnings and faults only')
    .hook('preAction', (program) => setQuiet(program.opts<{ quiet?: true }>().quiet === true))
    .exitOverride()
    .showHelpAfterError('(medgan --help shows what there is)');

  addTrainingCommands(medgan, finish);
  addDataCommands(medgan, finish);
  addGeneratorCommands(medgan, finish);
  addJudgingCommands(medgan, finish);
  addExperimentCommands(medgan, finish);
  addReportCommand(medgan, finish);
  addPluginsCommands(medgan, finish);
  addMlflowCommands(medgan, finish);
  addEngineCommands(medgan, finish);
  addMachineCommands(medgan, finish);
  addCompletionCommand(medgan);
  return medgan;
}
