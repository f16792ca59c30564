import { join } from 'node:path';
import { readExperiment, studyNow, type TrialRecord } from '@medgan/experiment-registry';
import type { Launcher } from '@medgan/plugin-api';
import { pluginsOfStudies } from '@medgan/runs';
import { openLauncher } from './open-launcher.ts';
import { readStudyCommand, studyFolder, type StudyPlace } from './study-command.ts';

/** A study that was run, its trials as they stand now, and the launcher that has their jobs. */
export interface StudyInQueue {
  readonly dir: string;
  readonly records: readonly TrialRecord[];
  /** Run folders of the trials that are not done. */
  readonly open: readonly string[];
  readonly launcher: Launcher;
}

/** @throws MedganError where the study was not run, or its file or launcher cannot be read. */
export async function studyInQueue(named: string, place: StudyPlace): Promise<StudyInQueue> {
  const dir = studyFolder(named, place);
  const { file, cwd, options } = await readStudyCommand(dir);
  process.chdir(cwd);
  const experiments = [readExperiment(file)];
  const plugins = await pluginsOfStudies(experiments, {});
  const { launcher } = await openLauncher(options, { experiments, plugins });
  const records = await studyNow(dir);
  const open = records
    .filter(({ state }) => !['finished', 'diverged'].includes(state))
    .map(({ id }) => join(dir, id));
  return { dir, records, open, launcher };
}
