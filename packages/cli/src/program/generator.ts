import { Option, type Command } from 'commander';
import type { ExportOptions } from '../commands/export.ts';
import type { GenerateOptions } from '../commands/generate.ts';
import type { ImportOptions } from '../commands/import.ts';
import {
  allowNanOption,
  engineOption,
  entryOption,
  fromTwo,
  fromZero,
  integer,
  keyOption,
  positive,
  weightsOption,
} from './option-parsers.ts';

/** Commands on a trained generator. */
export function addGeneratorCommands(medgan: Command, finish: (code: number) => void): void {
  medgan
    .command('generate')
    .description('draw images with a trained generator')
    .requiredOption('--checkpoint <path>', "weights, a checkpoint's folder or a run's folder")
    .requiredOption('--out <folder>', 'where the images go')
    .option('--count <n>', 'images, or latents to interpolate between', integer, 64)
    .option('--seed <n>', 'same seed, same images', fromZero, 0)
    .option('--grid', 'all images on one sheet too', false)
    .option('--interpolate <k>', 'k steps from one latent to the next, one row of the sheet each', fromTwo)
    .option('--truncation <t>', 'draw numbers of a latent beyond ±t again', positive)
    .option('--batch-statistics', 'batch norm by the statistics of each 64 images, as the original', false)
    .option('--image-size <px>', 'refuse weights that make images of another size', integer)
    .option('--arch <name>', 'architecture, for weights that do not say it')
    .addOption(weightsOption())
    .addOption(keyOption())
    .addOption(entryOption())
    .addOption(allowNanOption())
    .addOption(engineOption())
    .option('--threads <n>', 'CPU threads', integer)
    .option('--force', 'replace the images of an earlier generation', false)
    .action(async (options: GenerateOptions) => {
      const { generateCommand } = await import('../commands/generate.ts');
      finish(await generateCommand(options));
    });

  medgan
    .command('export')
    .description('a trained generator for other programs')
    .argument('<path>', "weights, a checkpoint's folder or a run's folder")
    .addOption(
      new Option(
        '--format <name>',
        'kind of file (default: as the name of --out ends, .safetensors or .onnx; a folder is of tfjs)',
      ).choices(['safetensors', 'onnx', 'tfjs']),
    )
    .requiredOption('--out <path>', 'what to write: a file; a folder for tfjs')
    .option('--uint8', 'onnx: images as bytes, NHWC, instead of floats in [-1, 1], NCHW', false)
    .option('--arch <name>', 'architecture, for weights that do not say it')
    .addOption(weightsOption())
    .addOption(keyOption())
    .addOption(entryOption())
    .addOption(allowNanOption())
    .option('--force', 'replace what is there', false)
    .action(async (path: string, options: ExportOptions) => {
      const { exportCommand } = await import('../commands/export.ts');
      finish(await exportCommand(path, options));
    });

  medgan
    .command('import')
    .description('a PyTorch state dict (.pth, .pt, .zip) as safetensors; nothing in it is ever run')
    .argument('<file>')
    .requiredOption('--out <file.safetensors>', 'what to write')
    .addOption(keyOption())
    .addOption(entryOption())
    .option('--trust', 'read the file however large it is; nothing in it is run all the same', false)
    .option('--force', 'replace the file if there is one', false)
    .action(async (file: string, options: ImportOptions) => {
      const { importCommand } = await import('../commands/import.ts');
      finish(await importCommand(file, options));
    });
}
