import type { Command } from 'commander';
import type { BenchOptions } from '../commands/bench.ts';
import type { ParityOptions } from '../commands/parity.ts';
import { engineOption, integer, positive, precisionOption } from './option-parsers.ts';

/** Commands that show what there is and how it performs here. */
export function addMachineCommands(medgan: Command, finish: (code: number) => void): void {
  medgan
    .command('models')
    .description('architectures, with parameters counted and the layer table')
    .argument('[name]')
    .option('--json', 'machine-readable', false)
    .action(async (name: string | undefined, options: { json: boolean }) => {
      const { modelsCommand } = await import('../commands/models.ts');
      finish(modelsCommand(name, options));
    });

  medgan
    .command('doctor')
    .description('which engines and devices work here, and why the others do not')
    .option('--json', 'machine-readable', false)
    .action(async (options: { json: boolean }) => {
      const { doctorCommand } = await import('../commands/doctor.ts');
      finish(await doctorCommand(options));
    });

  medgan
    .command('bench')
    .description('median seconds of a training step')
    .option('--arch <name>', 'architecture', 'DCGAN')
    .option('--image-size <px>', 'pixels per side', integer, 64)
    .option('--batch-size <n>', 'images per step', integer, 16)
    .option('--latent <n>', 'length of a latent vector', integer, 100)
    .option('--features <n>', 'feature maps of both networks', integer, 64)
    .option('--threads <n>', 'CPU threads', integer)
    .option('--steps <n>', 'timed steps, after two that are not', integer, 7)
    .option('--objective <name>', "default: the architecture's")
    .addOption(engineOption())
    .addOption(precisionOption())
    .option('--json', 'machine-readable', false)
    .action(async (options: BenchOptions) => {
      const { benchCommand } = await import('../commands/bench.ts');
      finish(await benchCommand(options));
    });

  medgan
    .command('parity')
    .description('replay a trajectory recorded from PyTorch and measure the differences')
    .argument('<case-dir>')
    .addOption(engineOption())
    .option('--threads <n>', 'CPU threads', integer)
    .option('--tolerance <x>', 'largest error that passes', positive, 2e-5)
    .option('--json', 'machine-readable', false)
    .action(async (directory: string, options: ParityOptions) => {
      const { parityCommand } = await import('../commands/parity.ts');
      finish(await parityCommand(directory, options));
    });
}
