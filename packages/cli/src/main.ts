import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { EngineError } from '@medgan/engine';
import { MedganError } from '@medgan/plugin-api';
import { WeightsError } from '@medgan/weights';
import { addDataCommands } from './program/data.ts';
import { addExperimentCommands } from './program/experiment.ts';
import { addGeneratorCommands } from './program/generator.ts';
import { addJudgingCommands } from './program/judging.ts';
import { addMachineCommands } from './program/machine.ts';
import { addPluginsCommands } from './program/plugins.ts';
import { addMlflowCommands } from './program/mlflow.ts';
import { addReportCommand } from './program/report.ts';
import { addTrainingCommands } from './program/training.ts';

/** Commands are loaded when they are called, so that `medgan --help` is instant. */
function program(finish: (code: number) => void): Command {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const medgan = new Command('medgan')
    .description('GAN experiments on medical images')
    .version(version)
    .showHelpAfterError('(medgan --help shows what there is)');

  addTrainingCommands(medgan, finish);
  addDataCommands(medgan, finish);
  addGeneratorCommands(medgan, finish);
  addJudgingCommands(medgan, finish);
  addExperimentCommands(medgan, finish);
  addReportCommand(medgan, finish);
  addPluginsCommands(medgan, finish);
  addMlflowCommands(medgan, finish);
  addMachineCommands(medgan, finish);
  return medgan;
}

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
    await program((code) => (process.exitCode = code)).parseAsync([...argv]);
  } catch (error) {
    process.exitCode = 1;
    if (isForUsers(error)) process.stderr.write(`${error.message}\n`);
    else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
}
