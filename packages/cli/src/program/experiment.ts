import type { Command } from 'commander';
import type { ExperimentRunOptions } from '../commands/experiment-run.ts';
import { setOption } from './option-parsers.ts';

/** Commands on studies. */
export function addExperimentCommands(medgan: Command, finish: (code: number) => void): void {
  const experiment = medgan.command('experiment').description('studies: one YAML, several trials, one table');
  experiment
    .command('run')
    .description('train every trial of a study, one after another')
    .argument('<experiment.yaml>')
    .option('--configuration <name>', 'quick or paper', 'quick')
    .option('--data <folder>', 'image folder to train on; also MEDGAN_DATA')
    .option('--out <folder>', 'folder of all runs', 'runs')
    .addOption(setOption())
    .option('--force', 'train finished trials again', false)
    .action(async (file: string, options: ExperimentRunOptions) => {
      const { experimentRunCommand } = await import('../commands/experiment-run.ts');
      finish(await experimentRunCommand(file, options));
    });
}
