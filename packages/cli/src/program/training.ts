import type { Command } from 'commander';
import type { ResumeOptions, RunOptions } from '../commands/run.ts';
import { dataOption, extendOption, setOption } from './option-parsers.ts';

/** Commands that train a GAN. */
export function addTrainingCommands(medgan: Command, finish: (code: number) => void): void {
  medgan
    .command('init')
    .description('write a control file to begin with, every key explained')
    .argument('[file]', 'what to write; a file that is there stays as it is', 'control.yaml')
    .action(async (file: string) => {
      const { initCommand } = await import('../commands/init.ts');
      finish(await initCommand(file));
    });

  medgan
    .command('run')
    .description('train one GAN as a control file says')
    .argument('<control.yaml>')
    .addOption(setOption())
    .option('--resume', 'go on from the newest checkpoint', false)
    .addOption(extendOption())
    .option('--force', 'replace the run folder if there is one', false)
    .action(async (file: string, options: RunOptions) => {
      const { runCommand } = await import('../commands/run.ts');
      finish(await runCommand(file, options));
    });

  medgan
    .command('resume')
    .description('go on with a run, to the byte as if it had never stopped')
    .argument('<run-dir>')
    .addOption(extendOption())
    .addOption(dataOption())
    .action(async (runDir: string, options: ResumeOptions) => {
      const { resumeCommand } = await import('../commands/run.ts');
      finish(await resumeCommand(runDir, options));
    });

  medgan
    .command('runs')
    .description('the runs in a folder: state, step, best figure')
    .argument('[folder]', 'where to look', 'runs')
    .option('--json', 'machine-readable', false)
    .action(async (folder: string, options: { json: boolean }) => {
      const { runsCommand } = await import('../commands/runs.ts');
      finish(await runsCommand(folder, options));
    });
}
