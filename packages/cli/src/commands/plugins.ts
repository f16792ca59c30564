import {
  architectureChecks,
  augmentationChecks,
  brokenRules,
  datasetChecks,
  featuresChecks,
  metricChecks,
  objectiveChecks,
  setMetricChecks,
  type BrokenRule,
} from '@medgan/testing/checks';
import {
  parseOptions,
  type Architecture,
  type Augmentation,
  type Dataset,
  type Features,
  type Objective,
  type PairMetric,
  type SetMetric,
} from '@medgan/plugin-api';
import { markdownTable } from '@medgan/experiment-registry';
import {
  type AnyPlugin,
  builtInPlugins,
  type LoadedPlugin,
  loadSources,
  type PluginKind,
  type Plugins,
} from '@medgan/runs';

const sourcesOf = (specs: readonly string[]) => specs.map((spec) => ({ spec, from: process.cwd() }));

const listOf = (plugins: Plugins): AnyPlugin[] =>
  Object.values(plugins).flatMap((registry) => (registry as { list(): AnyPlugin[] }).list());

/** `medgan plugins [source…]`: what there is, and where each came from. */
export async function pluginsCommand(
  specs: readonly string[],
  { json }: { readonly json: boolean },
): Promise<number> {
  const { loaded, broken } = await loadSources(sourcesOf(specs));
  const builtIn = listOf(builtInPlugins()).map((plugin): LoadedPlugin => ({ plugin, origin: 'medgan' }));
  const rows = [...builtIn, ...loaded].map(({ plugin, origin }) => ({
    kind: plugin.kind,
    name: plugin.name,
    aliases: plugin.aliases ?? [],
    summary: plugin.summary,
    reference: plugin.reference,
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

type Suite = (plugin: AnyPlugin, options: PluginsTestOptions) => Promise<BrokenRule[]>;

/** Runs the shipped contract suite of a plugin's kind; undefined where a kind has none. */
const SUITES: Readonly<Partial<Record<PluginKind, Suite>>> = {
  architecture: (plugin) => {
    const architecture = plugin as unknown as Architecture;
    const options = parseOptions<object>(plugin.name, plugin.options, {});
    return brokenRules(architectureChecks, { architecture, options });
  },
  objective: (plugin) => {
    const objective = plugin as unknown as Objective;
    const options = parseOptions<object>(plugin.name, plugin.options, {});
    return brokenRules(objectiveChecks, { objective, options });
  },
  dataset: (plugin, { path }) => {
    const dataset = plugin as unknown as Dataset;
    const given = dataset.source === 'path' && path !== undefined ? { path } : {};
    return brokenRules(datasetChecks, { dataset, ...given });
  },
  augmentation: (plugin) => {
    const augmentation = plugin as unknown as Augmentation;
    const options = parseOptions<object>(plugin.name, plugin.options, augmentation.tiny);
    return brokenRules(augmentationChecks, { augmentation, options });
  },
  'pair-metric': (plugin) => brokenRules(metricChecks, plugin as unknown as PairMetric),
  'set-metric': (plugin) =>
    brokenRules(setMetricChecks, { metric: plugin as unknown as SetMetric, options: {} }),
  features: (plugin) => {
    const features = plugin as unknown as Features;
    return brokenRules(featuresChecks, { features, options: features.tiny ?? {} });
  },
};

/** `medgan plugins test <source…>`: holds plugins against the contract of their kind. */
export async function pluginsTestCommand(
  specs: readonly string[],
  options: PluginsTestOptions,
): Promise<number> {
  const { loaded, broken } = await loadSources(sourcesOf(specs));
  let failures = broken.length;
  for (const { origin, fault } of broken) process.stdout.write(`✗ ${origin}: ${fault}\n`);
  for (const { plugin, origin } of loaded) {
    const suite = SUITES[plugin.kind];
    const who = `${plugin.kind} ${plugin.name} (${origin})`;
    if (!suite) {
      process.stdout.write(`- ${who}: its shape is right; there is no contract suite for its kind\n`);
      continue;
    }
    const rules = await suite(plugin, options);
    failures += rules.length;
    process.stdout.write(rules.length === 0 ? `✓ ${who} keeps its contract\n` : `✗ ${who}\n`);
    for (const { name, reason } of rules)
      process.stdout.write(`    ${name}\n      ${reason.split('\n').join('\n      ')}\n`);
    if (rules.length > 0 && options.path === undefined && (plugin as unknown as Dataset).source === 'path')
      process.stdout.write(
        '    It was given two class folders of PNG images; if it reads something else, name that: --path <folder>\n',
      );
  }
  return failures > 0 ? 1 : 0;
}
