import { MedganError } from '@medgan/files';
import type { Plugins, Launcher } from '@medgan/plugin-api';
import {
  builtInPlugins,
  fromWhereCalled,
  isPath,
  loadPlugins,
  pluginFile,
  type PluginSource,
} from '@medgan/runs';

/**
 * The launcher that `--launcher` names: one of the plugins, or the one of a file or an installed package. Where trials
 * run is no part of a study, so that a study need not name it.
 * @throws MedganError when there is none, or a source has several.
 */
export async function chooseLauncher(named: string, plugins: Plugins): Promise<Launcher> {
  if (plugins.launchers.has(named)) return plugins.launchers.get(named);
  const source = { spec: named, from: fromWhereCalled('.') };
  if (!isPath(named) && !isInstalled(source)) return plugins.launchers.get(named);
  const { launchers } = await loadPlugins([source]);
  const builtIn = builtInPlugins().launchers;
  const found = launchers.list().filter(({ name }) => !builtIn.has(name));
  if (found.length === 1) return found[0]!;
  const what =
    found.length === 0
      ? 'no launcher'
      : `${found.length} launchers: ${found.map(({ name }) => name).join(', ')}`;
  throw new MedganError(`--launcher ${named} has ${what}`, {
    cure:
      found.length === 0
        ? 'export default defineLauncher({…})'
        : 'list it under plugins: of the study, and give --launcher a name',
  });
}

function isInstalled(source: PluginSource): boolean {
  try {
    pluginFile(source);
    return true;
  } catch {
    return false;
  }
}
