import { Option, type Command } from 'commander';
import type { ExperimentListOptions } from '../commands/experiment-list.ts';
import type { ExperimentRunOptions } from '../commands/experiment-run.ts';
import type { ExperimentShowOptions } from '../commands/experiment-show.ts';
import type { StudyPlace } from '../experiment/study-command.ts';
import { collect, integer, setOption } from './option-parsers.ts';

/** Commands on studies. */
export function addExperimentCommands(medgan: Command, finish: (code: number) => void): void {
  const experiment = medgan.command('experiment').description('studies: one YAML, several trials, one table');
  experiment
    .command('list')
    .description('the studies of the folder experiments/, and what of them was run')
    .option('--out <folder>', 'folder of all runs', 'runs')
    .option('--json', 'machine-readable', false)
    .action(async (options: ExperimentListOptions) => {
      const { experimentListCommand } = await import('../commands/experiment-list.ts');
      finish(await experimentListCommand(options));
    });
  experiment
    .command('show')
    .description('the resolved trials of a study, what was published, and what we assume')
    .argument('<study>', 'name or file of a study')
    .option('--configuration <name>', 'quick or paper', 'quick')
    .option('--seeds <list>', "in place of the study's: 0,1,2")
    .addOption(setOption())
    .option('--json', 'machine-readable', false)
    .action(async (name: string, options: ExperimentShowOptions) => {
      const { experimentShowCommand } = await import('../commands/experiment-show.ts');
      finish(await experimentShowCommand(name, options));
    });
  experiment
    .command('run')
    .description('train every trial of studies; finished ones are kept, interrupted and failed ones go on')
    .argument('[study...]', 'names or files of studies')
    .option('--all', 'every study there is', false)
    .option('--configuration <name>', 'quick or paper', 'quick')
    .option('--data <folder>', 'image folder to train on; also MEDGAN_DATA')
    .option('--out <folder>', 'folder of all runs', 'runs')
    .option('--jobs <n>', 'trials that run at a time (default: 1; with --launcher slurm: all)', integer)
    .addOption(
      new Option('--on-failure <what>', 'after a failed trial: go on with the others, or start no more')
        .choices(['continue', 'stop'])
        .default('continue'),
    )
    .option('--seeds <list>', "in place of the study's: 0,1,2")
    .addOption(setOption())
    .option('--force', 'train finished trials again, from the beginning', false)
    .option('--dry-run', 'show the resolved trials, run none', false)
    .option('--json', 'with --dry-run: as JSON', false)
    .option(
      '--launcher <name>',
      "what runs the trials: local, slurm, or a plugin's name, file or package (default: as the study says, or local)",
    )
    .addOption(
      new Option('--launcher-option <key=value>', 'an option of the launcher; repeatable')
        .argParser(collect)
        .default([]),
    )
    .option('--detach', 'hand the trials in and return: experiment wait, status and cancel come back', false)
    .action(async (names: readonly string[], options: ExperimentRunOptions) => {
      const { experimentRunCommand } = await import('../commands/experiment-run.ts');
      finish(await experimentRunCommand(names, options));
    });
  addQueueCommands(experiment, finish);
  experiment
    .command('trial', { hidden: true })
    .argument('<run-dir>')
    .option('--threads <n>', 'cores to use', integer)
    .option('--anew', 'train from the beginning', false)
    .action(async (dir: string, options: { threads?: number; anew: boolean }) => {
      const { experimentTrialCommand } = await import('../commands/experiment-trial.ts');
      finish(await experimentTrialCommand(dir, options));
    });
}

/** Commands that come back to a study whose trials were handed in to a cluster. */
function addQueueCommands(experiment: Command, finish: (code: number) => void): void {
  const study = (name: string, description: string): Command =>
    experiment
      .command(name)
      .description(description)
      .argument('<study>', 'name, file or folder of a study that was run')
      .option('--out <folder>', 'folder of all runs', 'runs');
  study('wait', 'wait for the trials of a study that were handed in, and go on with it').action(
    async (name: string, options: StudyPlace) => {
      const { experimentWaitCommand } = await import('../commands/experiment-wait.ts');
      finish(await experimentWaitCommand(name, options));
    },
  );
  study('status', 'how the trials of a study stand')
    .option('--json', 'machine-readable', false)
    .action(async (name: string, options: StudyPlace & { readonly json: boolean }) => {
      const { experimentStatusCommand } = await import('../commands/experiment-status.ts');
      finish(await experimentStatusCommand(name, options));
    });
  study('cancel', 'ask the jobs of a study to save and to end').action(
    async (name: string, options: StudyPlace) => {
      const { experimentCancelCommand } = await import('../commands/experiment-cancel.ts');
      finish(await experimentCancelCommand(name, options));
    },
  );
}
