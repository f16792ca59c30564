import type { Command } from 'commander';
import { Option } from 'commander';
import type { IsicDownloadOptions, IsicSearchOptions } from '../commands/data-isic.ts';
import type { SplitOptions } from '../commands/data-split.ts';
import { collect, fromZero, integer, positive } from './option-parsers.ts';

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const numbers = (text: string): number[] => list(text).map((part) => integer(part));

/** Commands that bring images, and that divide them. */
export function addDataSourceCommands(data: Command, finish: (code: number) => void): void {
  const isic = data.command('isic').description('images of the ISIC archive, www.isic-archive.com');

  isic
    .command('search')
    .description('what there is, without downloading')
    .option('--query <text>', 'as in: diagnosis_1:"Malignant" AND age_approx:[40 TO 60]', '')
    .option('--collections <numbers>', 'only of these collections: 65,97', numbers, [])
    .option('--limit <n>', 'images shown', integer, 20)
    .option('--base-url <url>', 'address of the API')
    .option('--json', 'machine-readable, with all metadata', false)
    .action(async (options: IsicSearchOptions) => {
      const { isicSearchCommand } = await import('../commands/data-isic.ts');
      finish(await isicSearchCommand(options));
    });

  isic
    .command('download')
    .description('images with their licences; run it again to go on, or to bring what is missing')
    .requiredOption('--out <folder>', 'where to')
    .option('--query <text>', 'as in: diagnosis_1:"Malignant" AND sex:female', '')
    .option('--collections <numbers>', 'only of these collections: 65,97', numbers, [])
    .option('--count <n>', 'the first so many, oldest first (default: all)', integer)
    .addOption(
      new Option('--size <size>', 'thumbnail: at most 256 pixels per side; full: as uploaded')
        .choices(['full', 'thumbnail'])
        .default('full'),
    )
    .option('--class-by <field>', 'a folder for each value of this field: diagnosis_1, diagnosis_3, sex')
    .option('--license <names>', 'only with these licences: CC-0,CC-BY', list, [])
    .option('--attribution <text>', 'only of contributors whose name holds this')
    .option('--concurrency <n>', 'files at once, at most 16', integer, 4)
    .option('--max-megabytes <n>', 'larger files are refused', positive, 100)
    .option('--verify', 'compare what is here with its checksums', false)
    .option('--base-url <url>', 'address of the API')
    .action(async (options: IsicDownloadOptions) => {
      const { isicDownloadCommand } = await import('../commands/data-isic.ts');
      finish(await isicDownloadCommand(options));
    });

  data
    .command('split')
    .description('write down which image is in which part, no lesion or patient in two')
    .argument('<folder-or-control>', 'folder of images, or a control file')
    .requiredOption('--out <file.csv>', 'the table, for splits: in a control file')
    .option('--part <name=share>', 'repeatable (default: train=0.8 val=0.1 test=0.1)', collect, [])
    .option('--split-seed <n>', 'draws the parts', fromZero)
    .option('--groups <file.csv>', 'lesion or patient of each file (file,group), for a folder')
    .option('--force', 'replace a table that is there', false)
    .action(async (source: string, options: SplitOptions) => {
      const { splitCommand } = await import('../commands/data-split.ts');
      finish(await splitCommand(source, options));
    });
}
