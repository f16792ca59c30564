import { Option, type Command } from 'commander';
import type { EvaluateOptions } from '../commands/evaluate.ts';
import type { MetricsOptions } from '../commands/metrics.ts';
import {
  allowNanOption,
  collect,
  dataOption,
  pluginOption,
  featuresOption,
  fromZero,
  integer,
  range,
  weightsOption,
} from './option-parsers.ts';

/** Commands that judge images. */
export function addJudgingCommands(medgan: Command, finish: (code: number) => void): void {
  medgan
    .command('metrics')
    .description('compare two images, or two folders of images')
    .argument('<a>', 'an image, or a folder of images')
    .argument('<b>', 'another; the images of two folders are paired by name')
    .option('--minmax', 'stretch each image to [0, 1] on its own first, as the original does', false)
    .addOption(
      new Option(
        '--metric <name>',
        'a pair metric; repeatable (default: the usual ones, and those of --plugin)',
      )
        .argParser(collect)
        .default([]),
    )
    .addOption(pluginOption())
    .option('--sets', 'compare two folders as sets: <a> real, <b> generated', false)
    .addOption(featuresOption())
    .option('--window <low:high>', 'samples of 16-bit images that become black and white', range)
    .option('--size <px>', 'bring the images of sets to this size first', integer)
    .option('--seed <n>', 'of the draws that set metrics make', fromZero, 0)
    .option('--json', 'machine-readable', false)
    .action(async (a: string, b: string, options: MetricsOptions) => {
      const { metricsCommand } = await import('../commands/metrics.ts');
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
    .addOption(weightsOption())
    .option('--off-by-one', 'drop the last pair of the original protocol, as the original does', false)
    .addOption(featuresOption())
    .option('--fakes <n>', 'images drawn to be judged as a set', integer, 256)
    .option('--reals <n>', 'real images they are judged against, at most', integer, 5000)
    .option(
      '--against <part>',
      'take them from this part of the data, such as test, not those it was trained on',
    )
    .addOption(dataOption())
    .option('--seed <n>', 'of every draw', fromZero, 0)
    .addOption(allowNanOption())
    .option('--json', 'machine-readable', false)
    .action(async (runDir: string, options: EvaluateOptions) => {
      const { evaluateCommand } = await import('../commands/evaluate.ts');
      finish(await evaluateCommand(runDir, options));
    });
}
