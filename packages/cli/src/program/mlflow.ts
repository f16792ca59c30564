import type { Command } from 'commander';
import type { MlflowSyncOptions } from '../commands/mlflow-sync.ts';
import { Option } from 'commander';
import { fromZero, positive } from './option-parsers.ts';

const FOLDERS = 'folders of runs or studies, or folders that hold such';

/** Commands on MLflow, beside the tracking that MLFLOW_TRACKING_URI turns on. */
export function addMlflowCommands(medgan: Command, finish: (code: number) => void): void {
  const mlflow = medgan.command('mlflow').description('send runs and studies to an MLflow server');

  mlflow
    .command('sync')
    .description('send to the server at MLFLOW_TRACKING_URI what it lacks of runs and studies')
    .argument('<folders...>', FOLDERS)
    .option('--checkpoints', 'send the kept checkpoints too', false)
    .option('--verify', 'compare every point with the server, not only what came since the last time', false)
    .option('--watch', 'go on until training has ended', false)
    .option('--interval <seconds>', 'between two looks at a watched folder', positive, 2)
    .option('--grace <seconds>', 'how long to go on trying after training has ended', fromZero, 60)
    .addOption(new Option('--follow-parent').default(false).hideHelp())
    .action(async (folders: readonly string[], options: MlflowSyncOptions) => {
      const { mlflowSyncCommand } = await import('../commands/mlflow-sync.ts');
      finish(await mlflowSyncCommand(folders, options));
    });

  mlflow
    .command('status')
    .description('whether the server is there, and what of runs and studies it was not sent yet')
    .argument('[folders...]', FOLDERS)
    .action(async (folders: readonly string[]) => {
      const { mlflowStatusCommand } = await import('../commands/mlflow-status.ts');
      finish(await mlflowStatusCommand(folders));
    });
}
