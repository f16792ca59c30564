import type { Command } from 'commander';

/** Commands on plugins. */
export function addPluginsCommands(medgan: Command, finish: (code: number) => void): void {
  const plugins = medgan
    .command('plugins')
    .description('the plugins there are, and where each came from')
    .argument('[source...]', 'files, or names of installed packages, beside what comes with medgan')
    .option('--json', 'machine-readable', false)
    .action(async (specs: string[], options: { json: boolean }) => {
      const { pluginsCommand } = await import('../commands/plugins.ts');
      finish(await pluginsCommand(specs, options));
    });
  plugins
    .command('test')
    .description('hold plugins against the contract of their kind')
    .argument('<source...>', 'files, or names of installed packages')
    .option(
      '--path <folder>',
      'what a dataset reads; without it, two class folders of PNG images made for it',
    )
    .action(async (specs: string[], options: { path?: string }) => {
      const { pluginsTestCommand } = await import('../commands/plugins.ts');
      finish(await pluginsTestCommand(specs, options));
    });
}
