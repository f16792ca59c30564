import type { Command } from 'commander';
import type { InspectCommandOptions } from '../commands/data-inspect.ts';
import type { CacheOptions, ClearCacheOptions } from '../commands/data-cache.ts';
import { addDataSourceCommands } from './data-sources.ts';
import { setOption } from './option-parsers.ts';

/** Commands about images: where they come from, and what is kept of them. */
export function addDataCommands(medgan: Command, finish: (code: number) => void): void {
  const data = medgan.command('data').description('images to train on');
  addDataSourceCommands(data, finish);

  data
    .command('inspect')
    .description('what there is: classes, sizes, colours, unreadable files, duplicates, a contact sheet')
    .argument('<target>', 'a folder of images, a control file, or the name of a dataset')
    .addOption(setOption())
    .option('--out <folder>', 'write inspection.json and contact-sheet.png there')
    .option('--json', 'machine-readable', false)
    .action(async (target: string, options: InspectCommandOptions) => {
      const { inspectCommand } = await import('../commands/data-inspect.ts');
      finish(await inspectCommand(target, options));
    });

  const cache = data
    .command('cache')
    .description('decoded images that are kept between runs; MEDGAN_CACHE_SIZE=10GB bounds them');

  cache
    .command('ls')
    .description('what is kept, least recently used first')
    .option('--cache <folder>', 'default: MEDGAN_CACHE, or the cache folder of the system')
    .option('--json', 'machine-readable', false)
    .action(async (options: CacheOptions) => {
      const { listCacheCommand } = await import('../commands/data-cache.ts');
      finish(await listCacheCommand(options));
    });

  cache
    .command('clear')
    .description('remove what is kept; the images themselves stay')
    .option('--max-size <size>', 'only until so much is left: 2GB (least recently used goes first)')
    .option('--older-than <age>', 'only what was not used for so long: 12h, 30d, 4w')
    .option('--cache <folder>', 'default: MEDGAN_CACHE, or the cache folder of the system')
    .option('--json', 'machine-readable', false)
    .action(async (options: ClearCacheOptions) => {
      const { clearCacheCommand } = await import('../commands/data-cache.ts');
      finish(await clearCacheCommand(options));
    });
}
