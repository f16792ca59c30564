import { Argument, Option, type Command } from 'commander';
import type { TensorflowEngineName } from '@medgan/engine';
import type { EngineShowOptions } from '../commands/engine-show.ts';
import { setOption } from './option-parsers.ts';

/** Commands on what computes. */
export function addEngineCommands(medgan: Command, finish: (code: number) => void): void {
  const engine = medgan.command('engine').description('how a training step is computed');
  engine
    .command('show')
    .description('the graph that a training step becomes: operations, passes, parameters, multiply-adds')
    .argument('<control.yaml>')
    .addOption(setOption())
    .addOption(
      new Option(
        '--update <name>',
        'what is trained (default: both; with discriminator_steps, discriminator)',
      ).choices(['both', 'discriminator', 'generator']),
    )
    .option('--html <file>', 'write a page with every operation, to search and to fold')
    .option('--json', 'machine-readable, with every operation', false)
    .action(async (file: string, options: EngineShowOptions) => {
      const { engineShowCommand } = await import('../commands/engine-show.ts');
      finish(await engineShowCommand(file, options));
    });
  engine
    .command('install')
    .description('TF.js over TensorFlow: by npm, or built from its sources where that fails')
    .addArgument(new Argument('<engine>', 'what to install').choices(['tfjs-node', 'tfjs-node-gpu']))
    .option('--yes', 'download without asking', false)
    .action(async (name: TensorflowEngineName, options: { yes: boolean }) => {
      const { engineInstallCommand } = await import('../commands/engine-install.ts');
      finish(await engineInstallCommand(name, options));
    });
}
