import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { plural } from '@medgan/files';
import type { TrialRecord } from '@medgan/experiment-registry';
import type { ReportRun } from '@medgan/pages';
import { RUN_FILES } from '@medgan/plugin-api';
import { engineText, holdsRun, readRunRecord } from '../run/run-record.ts';

const ifThere = (path: string): string | undefined => (existsSync(path) ? path : undefined);

/** What a run's folder holds for a report; a trial that never began has none of it. */
export async function reportRun({ id, config }: TrialRecord, dir: string): Promise<ReportRun> {
  const [log, grid] = [ifThere(join(dir, RUN_FILES.log)), ifThere(join(dir, RUN_FILES.realFakeGrid))];
  const files = { id, ...(log ? { log } : {}), ...(grid ? { grid } : {}) };
  if (!holdsRun(dir)) return files;
  const { data, engine } = await readRunRecord(dir);
  const { images, fingerprint, classes } = data;
  const folder = typeof config['path'] === 'string' ? ` ${basename(config['path'])}` : '';
  return {
    ...files,
    data: {
      name: `${typeof config['dataset'] === 'string' ? config['dataset'] : 'images'}${folder}`,
      images,
      fingerprint,
      classes,
    },
    engine: `${engineText(engine)}, ${plural(engine.threads, 'thread')}`,
  };
}
