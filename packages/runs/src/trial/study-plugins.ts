import { dirname } from 'node:path';
import type { ControlKeys, Experiment } from '@medgan/experiment-registry';
import { loadPlugins } from '../plugins/load-plugins.ts';
import { absoluteSpec, type PluginSource } from '../plugins/plugin-module.ts';
import type { Plugins } from '@medgan/plugin-api';

const sourcesOf = (keys: ControlKeys | undefined, from: string): PluginSource[] => {
  const specs = keys?.['plugins'];
  // Anything else is a fault of the file, which is found where its trials are checked.
  return Array.isArray(specs)
    ? specs.flatMap((spec) => (typeof spec === 'string' ? [{ spec, from }] : []))
    : [];
};

/** The plugins that control-file keys written in the folder `from` name, the same from any folder. */
export const withAbsolutePlugins = (keys: ControlKeys, from: string): ControlKeys =>
  keys['plugins'] === undefined ? keys : { ...keys, plugins: sourcesOf(keys, from).map(absoluteSpec) };

const WHERE_NAMED = [['base'], ['configurations', 'quick', 'base'], ['configurations', 'paper', 'base']];

/** The built-in plugins, and those that studies name; a path starts from the folder of the file it is written in. */
export function pluginsOfStudies(
  experiments: readonly Experiment[],
  overrides: ControlKeys,
): Promise<Plugins> {
  const named = experiments.flatMap(({ base, configurations, document }) => {
    const keys = [base, configurations.quick?.base, configurations.paper?.base];
    return WHERE_NAMED.flatMap((path, at) =>
      sourcesOf(keys[at], dirname(document.placeOf([...path, 'plugins']).file)),
    );
  });
  return loadPlugins([...named, ...sourcesOf(overrides, process.cwd())]);
}
