import { Option, type Command } from 'commander';
import type { ReportCommandOptions } from '../commands/report.ts';

/** The command that sets all studies beside the published ones. */
export function addReportCommand(medgan: Command, finish: (code: number) => void): void {
  medgan
    .command('report')
    .description(
      'one page of studies and runs: figures, beside published ones where there are any, losses, images',
    )
    .argument(
      '[target...]',
      'studies by name or file, folders of studies or runs (default: all of experiments/)',
    )
    .option('--out <folder>', 'where index.html and RESULTS.md go', 'reports')
    .option('--runs <folder>', 'folder of all runs', 'runs')
    .addOption(
      new Option('--configuration <name>', 'one only (default: those that were run)').choices([
        'quick',
        'paper',
      ]),
    )
    .option('--data-note <text>', 'what a reader must know of the data')
    .action(async (targets: readonly string[], options: ReportCommandOptions) => {
      const { reportCommand } = await import('../commands/report.ts');
      finish(await reportCommand(targets, options));
    });
}
