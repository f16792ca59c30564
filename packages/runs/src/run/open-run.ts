import { checkedRun } from '../control/read-control.ts';
import { pluginsOfRecord } from '../plugins/plugins-of-run.ts';
import { withMovedData } from './moved-data.ts';
import type { OpenedRun, RunAtWork } from './opened-run.ts';
import { openRunImages } from './run-data.ts';
import { computedAsBegun, startRunEngine } from './run-engine.ts';
import { readRunRecord } from './run-record.ts';
import type { RunContext } from './run-reporter.ts';

/** How a run is opened. */
export interface OpenOptions {
  /** Folder of its images, where they have moved since it was begun. */
  readonly data?: string;
}

/** Reads a run's record, loads its plugins and resolves its control file. @throws MedganError when it holds no run. */
export async function openRun(runDir: string, { data }: OpenOptions = {}): Promise<OpenedRun> {
  const record = await readRunRecord(runDir);
  const plugins = await pluginsOfRecord(record, runDir);
  const control =
    data === undefined ? record.control : withMovedData(record.control, { folder: data, plugins, runDir });
  const resolved = { ...checkedRun(control, plugins, `${runDir}/config.yaml`), runDir };
  const run = computedAsBegun(resolved, { control, begun: record.engine });
  return { runDir, record, control, plugins, run };
}

/**
 * Opens the data and starts the engine of a run, and closes both when `work` is done.
 * @throws MedganError when its data have changed since it was trained.
 */
export async function withRunAtWork<T>(
  opened: OpenedRun,
  context: RunContext,
  work: (run: RunAtWork) => Promise<T>,
): Promise<T> {
  const images = await openRunImages(opened, context);
  try {
    const { engine } = await startRunEngine(opened.run, context.reporter);
    try {
      return await work({ ...opened, images, engine });
    } finally {
      await engine.dispose();
    }
  } finally {
    await images.close();
  }
}
