import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Plugins, RUN_FILES } from '@medgan/plugin-api';
import { builtInPlugins } from './plugins.ts';
import { readRunRecord } from '../run/resume-guard.ts';
import { loadPlugins } from './load-plugins.ts';

/** The plugins that a run was trained with; the built-in ones for weights that are in no run's folder. */
export async function pluginsOfRun(runDir: string | undefined): Promise<Plugins> {
  if (runDir === undefined || !existsSync(join(runDir, RUN_FILES.record))) return builtInPlugins();
  const { control } = await readRunRecord(runDir);
  return loadPlugins((control.plugins ?? []).map((spec) => ({ spec, from: runDir })));
}
