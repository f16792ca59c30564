import type { Plugins } from '@medgan/plugin-api';
import { holdsRun, readRunRecord, type RunRecord } from '../run/run-record.ts';
import { loadPlugins } from './load-plugins.ts';
import { builtInPlugins } from './plugins.ts';

/** The plugins that the record of the run in `runDir` names, beside the built-in ones. */
export const pluginsOfRecord = ({ control }: RunRecord, runDir: string): Promise<Plugins> =>
  loadPlugins((control.plugins ?? []).map((spec) => ({ spec, from: runDir })));

/** The plugins that a run was trained with; the built-in ones for weights that are in no run's folder. */
export async function pluginsOfRun(runDir: string | undefined): Promise<Plugins> {
  if (runDir === undefined || !holdsRun(runDir)) return builtInPlugins();
  return pluginsOfRecord(await readRunRecord(runDir), runDir);
}
