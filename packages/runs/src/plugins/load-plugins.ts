import { MedganError, messageOf, withCure } from '@medgan/files';
import { PLUGIN_KINDS, type AnyPlugin, type Plugins } from '@medgan/plugin-api';
import { claimsToBePlugin, isPlugin, pluginFaults, type Claimant } from './plugin-faults.ts';
import { addPlugin, builtInPlugins, listPlugins } from './plugins.ts';
import {
  MissingPlugin,
  absoluteSpec,
  importPlugin,
  packageOf,
  pluginFile,
  type PluginSource,
} from './plugin-module.ts';

/** A plugin that can be used, and where it came from. */
export interface LoadedPlugin {
  readonly plugin: AnyPlugin;
  /** `medgan`, a package with its version, or a file. */
  readonly origin: string;
}

/** A source, or one plugin of it, that cannot be used. */
interface BrokenPlugin {
  readonly origin: string;
  readonly fault: string;
}

/** What the sources gave. */
interface Loading {
  readonly plugins: Plugins;
  /** Those of the sources; medgan's own are not among them. */
  readonly loaded: readonly LoadedPlugin[];
  readonly broken: readonly BrokenPlugin[];
}

/** Loads every source; one that is broken is reported, and harms no other. */
export async function loadSources(sources: readonly PluginSource[]): Promise<Loading> {
  const plugins = builtInPlugins();
  const loaded: LoadedPlugin[] = [];
  const broken: BrokenPlugin[] = [];
  const seen = new Set<string>();
  for (const source of sources) {
    const spec = absoluteSpec(source);
    if (seen.has(spec)) continue;
    seen.add(spec);
    try {
      const file = pluginFile(source);
      const exported = await importPlugin(file);
      const found = [...new Set(Object.values(exported))].filter(claimsToBePlugin);
      const origin = spec === file ? file : (packageOf(file) ?? spec);
      if (found.length === 0)
        broken.push({ origin, fault: 'it exports no plugin: export default defineX({…})' });
      for (const value of found) {
        if (!isPlugin(value)) {
          broken.push({ origin, fault: `${nameOf(value)}: ${pluginFaults(value).join('; ')}` });
          continue;
        }
        try {
          addPlugin(plugins, value);
          loaded.push({ plugin: value, origin });
        } catch (error) {
          broken.push({ origin, fault: withCure(error) });
        }
      }
    } catch (error) {
      broken.push({ origin: spec, fault: faultOf(error, spec) });
    }
  }
  return { plugins, loaded, broken };
}

/** The plugins of medgan and of the sources. @throws MedganError naming every source that is broken. */
export async function loadPlugins(sources: readonly PluginSource[]): Promise<Plugins> {
  const { plugins, broken } = await loadSources(sources);
  if (broken.length === 0) return plugins;
  const lines = broken.map(({ origin, fault }) => `\n  ${origin}: ${fault}`);
  throw new MedganError(
    `${broken.length === 1 ? 'a plugin' : `${broken.length} plugins`} cannot be used:${lines.join('')}`,
    {
      cure: 'fix it, or take it out of plugins:; medgan plugins test <file> says what a plugin must keep to',
    },
  );
}

const nameOf = ({ name }: Claimant): string => (typeof name === 'string' ? name : 'a plugin without a name');

function faultOf(error: unknown, spec: string): string {
  if (error instanceof MissingPlugin) {
    const own = listPlugins(builtInPlugins()).find(({ name, aliases }) =>
      [name, ...(aliases ?? [])].includes(spec),
    );
    return own === undefined
      ? error.message
      : `this ${PLUGIN_KINDS[own.kind].title} comes with medgan: it is known by its name alone, and tested with medgan itself`;
  }
  const [first] = messageOf(error).split('\n');
  return `loading it fails: ${first}`;
}
