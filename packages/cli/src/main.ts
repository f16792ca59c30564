import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ENGINE_NAMES, EngineError } from '@medgan/engine';
import { MedganError } from '@medgan/plugin-api';
import { WeightsError } from '@medgan/weights';
import type { BenchOptions } from './commands/bench.ts';
import type { EvaluateOptions } from './commands/evaluate.ts';
import type { ExperimentRunOptions } from './commands/experiment-run.ts';
import type { ExportOptions } from './commands/export.ts';
import type { GenerateOptions } from './commands/generate.ts';
import type { ImportOptions } from './commands/import.ts';
import type { MetricsOptions } from './commands/metrics.ts';
import type { ParityOptions } from './commands/parity.ts';
import type { RunOptions } from './commands/run.ts';

const integer = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('must be a whole number from 1 on');
  return value;
};

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('must be a number above 0');
  return value;
};

const fromZero = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('must be a whole number from 0 on');
  return value;
};

const fromTwo = (text: string): number => {
  const value = integer(text);
  if (value < 2) throw new InvalidArgumentError('must be 2 or more');
  return value;
};

const collect = (value: string, former: readonly string[]): string[] => [...former, value];

const setOption = (): Option =>
  new Option('--set <key=value>', 'replace a key of the control file; repeatable')
    .argParser(collect)
    .default([]);

const extendOption = (): Option =>
  new Option('--extend <key=value>', 'train longer: num_epochs=300 or max_steps=9000')
    .argParser(collect)
    .default([]);

const featuresOption = (): Option =>
  new Option(
    '--features <name>',
    'pixels-pca, random-conv or onnx:<file>; repeatable (default: the first two)',
  )
    .argParser(collect)
    .default([]);

const engineOption = (): Option =>
  new Option('--engine <name>', 'what computes')
    .choices(ENGINE_NAMES.filter((name) => name !== 'eager'))
    .default('onnx');

/** Commands are loaded when they are called, so that `medgan --help` is instant. */
function program(finish: (code: number) => void): Command {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const medgan = new Command('medgan')
    .description('GAN experiments on medical images')
    .version(version)
    .showHelpAfterError('(medgan --help shows what there is)');

  medgan
    .command('run')
    .description('train one GAN as a control file says')
    .argument('<control.yaml>')
    .addOption(setOption())
    .option('--resume', 'go on from the newest checkpoint', false)
    .addOption(extendOption())
    .option('--force', 'replace the run folder if there is one', false)
    .action(async (file: string, options: RunOptions) => {
      const { runCommand } = await import('./commands/run.ts');
      finish(await runCommand(file, options));
    });

  medgan
    .command('resume')
    .description('go on with a run, to the byte as if it had never stopped')
    .argument('<run-dir>')
    .addOption(extendOption())
    .action(async (runDir: string, options: Pick<RunOptions, 'extend'>) => {
      const { resumeCommand } = await import('./commands/run.ts');
      finish(await resumeCommand(runDir, options));
    });

  medgan
    .command('generate')
    .description('draw images with a trained generator')
    .requiredOption('--checkpoint <path>', "weights, a checkpoint's folder or a run's folder")
    .requiredOption('--out <folder>', 'where the images go')
    .option('--count <n>', 'images, or latents to interpolate between', integer, 64)
    .option('--seed <n>', 'same seed, same images', fromZero, 0)
    .option('--grid', 'all images on one sheet too', false)
    .option('--interpolate <k>', 'k steps from one latent to the next, a row of the sheet each', fromTwo)
    .option('--truncation <t>', 'draw numbers of a latent beyond ±t again', positive)
    .option('--batch-statistics', 'batch norm by the statistics of each 64 images, as the original', false)
    .option('--image-size <px>', 'refuse weights that make images of another size', integer)
    .option('--arch <name>', 'architecture, for weights that do not say it')
    .option('--key <name>', 'which state dict of a PyTorch checkpoint with several')
    .addOption(engineOption())
    .option('--threads <n>', 'CPU threads', integer)
    .option('--force', 'replace the images of an earlier generation', false)
    .action(async (options: GenerateOptions) => {
      const { generateCommand } = await import('./commands/generate.ts');
      finish(await generateCommand(options));
    });

  medgan
    .command('export')
    .description('a trained generator for other programs')
    .argument('<path>', "weights, a checkpoint's folder or a run's folder")
    .addOption(
      new Option('--format <name>', 'kind of file')
        .choices(['safetensors', 'onnx', 'tfjs'])
        .makeOptionMandatory(),
    )
    .requiredOption('--out <path>', 'what to write: a file; a folder for tfjs')
    .option('--uint8', 'onnx: images as bytes, NHWC, instead of floats in [-1, 1], NCHW', false)
    .option('--arch <name>', 'architecture, for weights that do not say it')
    .option('--key <name>', 'which state dict of a PyTorch checkpoint with several')
    .option('--force', 'replace what is there', false)
    .action(async (path: string, options: ExportOptions) => {
      const { exportCommand } = await import('./commands/export.ts');
      finish(await exportCommand(path, options));
    });

  medgan
    .command('import')
    .description('a PyTorch state dict (.pth, .pt, .zip) as safetensors; nothing in it is ever run')
    .argument('<file>')
    .requiredOption('--out <file.safetensors>', 'what to write')
    .option('--key <name>', 'which state dict of a checkpoint with several')
    .option('--entry <name>', 'which file of a .zip with several')
    .option('--force', 'replace the file if there is one', false)
    .action(async (file: string, options: ImportOptions) => {
      const { importCommand } = await import('./commands/import.ts');
      finish(await importCommand(file, options));
    });

  medgan
    .command('metrics')
    .description('compare two images, or two folders of images')
    .argument('<a>', 'an image, or a folder of images')
    .argument('<b>', 'another; the images of two folders are paired by name')
    .option('--minmax', 'stretch each image to [0, 1] on its own first, as the original does', false)
    .addOption(
      new Option('--metric <name>', 'a pair metric; repeatable (default: those of the published tables)')
        .argParser(collect)
        .default([]),
    )
    .option('--sets', 'compare two folders as sets: <a> real, <b> generated', false)
    .addOption(featuresOption())
    .option('--size <px>', 'bring the images of sets to this size first', integer)
    .option('--seed <n>', 'of the draws that set metrics make', fromZero, 0)
    .option('--json', 'machine-readable', false)
    .action(async (a: string, b: string, options: MetricsOptions) => {
      const { metricsCommand } = await import('./commands/metrics.ts');
      finish(await metricsCommand({ a, b }, options));
    });

  medgan
    .command('evaluate')
    .description('judge the images of a run; writes its metrics.json')
    .argument('<run-dir>')
    .addOption(
      new Option('--protocol <name>', 'original: pairs as the original has them; all: sets of images too')
        .choices(['original', 'paired-mean', 'all'])
        .default('all'),
    )
    .option('--checkpoint <name>', 'last, best or step-<n>', 'last')
    .option('--off-by-one', 'drop the last pair of the original protocol, as the original does', false)
    .addOption(featuresOption())
    .option('--fakes <n>', 'images drawn to be judged as a set', integer, 256)
    .option('--reals <n>', 'real images they are judged against, at most', integer, 5000)
    .option('--seed <n>', 'of every draw', fromZero, 0)
    .option('--json', 'machine-readable', false)
    .action(async (runDir: string, options: EvaluateOptions) => {
      const { evaluateCommand } = await import('./commands/evaluate.ts');
      finish(await evaluateCommand(runDir, options));
    });

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
      const { experimentRunCommand } = await import('./commands/experiment-run.ts');
      finish(await experimentRunCommand(file, options));
    });

  medgan
    .command('models')
    .description('architectures, with parameters counted and the layer table')
    .argument('[name]')
    .option('--json', 'machine-readable', false)
    .action(async (name: string | undefined, options: { json: boolean }) => {
      const { modelsCommand } = await import('./commands/models.ts');
      finish(modelsCommand(name, options));
    });

  medgan
    .command('doctor')
    .description('which engines and devices work here, and why the others do not')
    .option('--json', 'machine-readable', false)
    .action(async (options: { json: boolean }) => {
      const { doctorCommand } = await import('./commands/doctor.ts');
      finish(await doctorCommand(options));
    });

  medgan
    .command('bench')
    .description('median seconds of a training step')
    .option('--arch <name>', 'architecture', 'DCGAN')
    .option('--image-size <px>', 'pixels a side', integer, 64)
    .option('--batch-size <n>', 'images a step', integer, 16)
    .option('--latent <n>', 'length of a latent vector', integer, 100)
    .option('--features <n>', 'feature maps of both networks', integer, 64)
    .option('--threads <n>', 'CPU threads', integer)
    .option('--steps <n>', 'timed steps, after two that are not', integer, 7)
    .option('--objective <name>', "default: the architecture's")
    .addOption(engineOption())
    .option('--json', 'machine-readable', false)
    .action(async (options: BenchOptions) => {
      const { benchCommand } = await import('./commands/bench.ts');
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
      const { parityCommand } = await import('./commands/parity.ts');
      finish(await parityCommand(directory, options));
    });

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
