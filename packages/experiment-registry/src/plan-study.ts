import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { defined } from '@medgan/files';
import { STUDY_FILES } from '@medgan/plugin-api';
import type { Study, Trial } from './study.ts';
import { readResult, readTrial } from './launch/trial-files.ts';
import { identityHash, type TrialIdentity } from './trial-identity.ts';
import { withLeft } from './study-now.ts';
import { isDone, readRecords, waitingRecord, type TrialRecord } from './trial-records.ts';

/** No trial is called so: ids begin with a letter or a digit. */
const EARLIER = STUDY_FILES.earlier;

/** Returns everything that decides a trial's numbers, defaults resolved. */
export type Identify = (trial: Pick<Trial, 'id' | 'config'>) => Promise<TrialIdentity> | TrialIdentity;

/** The trials' records before anything is known of earlier runs, in the order of the study. */
export async function identifyTrials(study: Study, identify: Identify): Promise<TrialRecord[]> {
  const identities = new Map<string, TrialIdentity>();
  for (const trial of study.trials) identities.set(trial.id, await identify(trial));
  const sources = new Map(study.trials.map(({ id, continues }) => [id, continues]));
  const hashOf = (id: string): string => {
    const source = sources.get(id);
    return identityHash({
      ...identities.get(id)!,
      ...defined({ continues: source && hashOf(source) }),
    });
  };
  return study.trials.map((trial) =>
    waitingRecord(trial, { identity: hashOf(trial.id), data: identities.get(trial.id)!.data }),
  );
}

export interface PlanOptions {
  readonly study: Study;
  /** Folder of the study. */
  readonly dir: string;
  readonly identify: Identify;
  readonly force: boolean;
  readonly onMoved: (moved: { readonly index: number; readonly to: string }) => void;
}

/** The records to begin with: trials that finished or diverged are kept, and folders of other configs or data make way for ours. */
export async function planStudy(
  records: readonly TrialRecord[],
  options: PlanOptions,
): Promise<TrialRecord[]> {
  const { dir, force } = options;
  const earlier = await earlierTrials(options);
  return records.map((record, index) => {
    const known = earlier.get(record.id);
    if (!existsSync(join(dir, record.id))) return record;
    if (known?.identity !== record.identity) {
      options.onMoved({ index, to: moveAside(dir, { id: record.id, identity: known?.identity }) });
      return record;
    }
    if (!isDone(known.state) || !known.result || force) return record;
    return { ...record, state: known.state, result: known.result };
  });
}

/**
 * What an earlier process left, by id. A folder that `trials.json` does not list, because the study was last run without
 * that trial, says itself which trial it is.
 */
async function earlierTrials({ study, dir }: PlanOptions): Promise<Map<string, TrialRecord>> {
  const stored = readRecords(dir, study);
  const earlier = new Map<string, TrialRecord>();
  for (const record of stored?.trials ?? []) earlier.set(record.id, await withLeft(record, dir));
  for (const { id } of study.trials) {
    if (earlier.has(id)) continue;
    const folder = await readTrial(join(dir, id));
    const result = folder && (await readResult(join(dir, id)));
    if (folder) {
      earlier.set(id, { ...folder.trial, state: result?.status ?? 'running', ...(result ? { result } : {}) });
    }
  }
  return earlier;
}

/** Moves a trial's folder to where it harms nobody; returns the place. */
function moveAside(dir: string, { id, identity }: { id: string; identity: string | undefined }): string {
  const name = `${id}-${identity?.slice(0, 8) ?? 'unknown'}`;
  mkdirSync(join(dir, EARLIER), { recursive: true });
  for (let number = 1; ; number++) {
    const to = join(dir, EARLIER, number === 1 ? name : `${name}-${number}`);
    if (existsSync(to)) continue;
    renameSync(join(dir, id), to);
    return to;
  }
}
