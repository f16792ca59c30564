import { contractFaults } from '@medgan/testing/checks';
import { markdownTable } from '@medgan/experiment-registry';
import { builtInPlugins, listPlugins, type LoadedPlugin, loadSources } from '@medgan/runs';

const sourcesOf = (specs: readonly string[]) => specs.map((spec) => ({ spec, from: process.cwd() }));

/** `medgan plugins [source…]`: what there is, and where each came from. */
export async function pluginsCommand(
  specs: readonly string[],
  { json }: { readonly json: boolean },
): Promise<number> {
  const { loaded, broken } = await loadSources(sourcesOf(specs));
  const builtIn = listPlugins(builtInPlugins()).map((plugin): LoadedPlugin => ({ plugin, origin: 'medgan' }));
  const rows = [...builtIn, ...loaded].map(({ plugin, origin }) => ({
    kind: plugin.kind,
    name: plugin.name,
    aliases: plugin.aliases ?? [],
    summary: plugin.summary,
    reference: 'reference' in plugin ? plugin.reference : undefined,
    origin,
  }));
  if (json) {
    process.stdout.write(`${JSON.stringify({ plugins: rows, broken }, null, 2)}\n`);
  } else {
    const columns = ['kind', 'name', 'summary', 'from'].map((title) => ({ title, align: 'left' as const }));
    const table = markdownTable(
      columns,
      rows.map((row) => [row.kind, row.name, row.summary, row.origin]),
    );
    process.stdout.write(`${table}\n`);
    for (const { origin, fault } of broken) process.stdout.write(`broken: ${origin}: ${fault}\n`);
  }
  return broken.length > 0 ? 1 : 0;
}

/** How plugins are tested. */
export interface PluginsTestOptions {
  /** Folder that datasets of source `path` are opened on. */
  readonly path?: string;
}

/** `medgan plugins test <source…>`: holds plugins against the contract of their kind. */
export async function pluginsTestCommand(
  specs: readonly string[],
  options: PluginsTestOptions,
): Promise<number> {
  const { loaded, broken } = await loadSources(sourcesOf(specs));
  let failures = broken.length;
  for (const { origin, fault } of broken) process.stdout.write(`✗ ${origin}: ${fault}\n`);
  for (const { plugin, origin } of loaded) {
    const suite = contractFaults(plugin, options);
    const who = `${plugin.kind} ${plugin.name} (${origin})`;
    if (!suite) {
      process.stdout.write(`- ${who}: its shape is right; there is no contract suite for its kind\n`);
      continue;
    }
    const rules = await suite;
    failures += rules.length;
    process.stdout.write(rules.length === 0 ? `✓ ${who} keeps its contract\n` : `✗ ${who}\n`);
    for (const { name, reason } of rules)
      process.stdout.write(`    ${name}\n      ${reason.split('\n').join('\n      ')}\n`);
    if (
      rules.length > 0 &&
      options.path === undefined &&
      plugin.kind === 'dataset' &&
      plugin.source === 'path'
    )
      process.stdout.write(
        '    It was given two class folders of PNG images; if it reads something else, name that: --path <folder>\n',
      );
  }
  return failures > 0 ? 1 : 0;
}
