import * as classifiers from '@medgan/classifiers';
import * as data from '@medgan/data';
import * as launchers from '@medgan/experiment-registry';
import * as metrics from '@medgan/metrics';
import * as models from '@medgan/models';
import * as objectives from '@medgan/objectives';
import { PLUGIN_KINDS, Registry, type AnyPlugin, type Plugins } from '@medgan/plugin-api';
import { isPlugin } from './plugin-faults.ts';

/** Built-in plugins are found as a third party's are: by what a package exports. */
const BUILT_IN = [models, objectives, data, metrics, classifiers, launchers].flatMap((exports) =>
  Object.values<unknown>(exports).filter(isPlugin),
);

/** The plugins that come with medgan, in registries that the caller may add to. */
export function builtInPlugins(): Plugins {
  const empty = Object.values(PLUGIN_KINDS).map(({ registry, title }) => [registry, new Registry(title)]);
  const plugins = Object.fromEntries(empty) as Plugins;
  for (const plugin of BUILT_IN) addPlugin(plugins, plugin);
  return plugins;
}

/** Registers one more plugin of any kind. @throws MedganError when its name is taken. */
export function addPlugin(plugins: Plugins, plugin: AnyPlugin): void {
  const registry: { add(plugin: AnyPlugin): void } = plugins[PLUGIN_KINDS[plugin.kind].registry];
  registry.add(plugin);
}

/** Every plugin, kind by kind and by name. */
export const listPlugins = (plugins: Plugins): AnyPlugin[] =>
  Object.values(plugins).flatMap((registry: { list(): AnyPlugin[] }) => registry.list());
