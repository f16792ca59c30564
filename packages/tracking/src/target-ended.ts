import { join } from 'node:path';
import { lockHolder } from '@medgan/files';
import { RUN_FILES } from '@medgan/plugin-api';
import { openStudy, trialDirs } from './tracked-study.ts';
import type { Target } from './targets.ts';

/** Whether nobody trains a run any more. */
async function runEnded(dir: string): Promise<boolean> {
  return (await lockHolder(join(dir, RUN_FILES.lock))) === undefined;
}

/** Whether a target is at its end, judged by its folder: a study's is not while a trial waits or runs. */
export async function targetEnded({ kind, dir }: Target): Promise<boolean> {
  if (kind === 'run') return runEnded(dir);
  const study = await openStudy(dir);
  if (!study) return true;
  for (const trial of trialDirs(study)) if (!(await runEnded(trial))) return false;
  return study.record.trials.every(({ state }) => state !== 'running' && state !== 'waiting');
}
