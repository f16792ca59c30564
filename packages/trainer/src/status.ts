import { join } from 'node:path';
import { readJson, writeFileAtomically } from '@medgan/files';
import { RUN_FILES } from '@medgan/plugin-api';
import type { Best } from './evaluation.ts';

/** `status.json` of a run folder. */
export interface RunStatus {
  readonly state: 'running' | 'finished' | 'interrupted' | 'diverged' | 'failed';
  /** Steps done. */
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  /** Wall-clock time of the run, all attempts together: what a killed one had done since its last checkpoint is not in it. */
  readonly seconds: number;
  /** The best evaluation so far. */
  readonly best?: Best;
  /** Why the run diverged: which loss or weight is not finite, and from which step on. */
  readonly reason?: string;
}

export function writeStatus(runDir: string, status: RunStatus): Promise<void> {
  return writeFileAtomically(join(runDir, RUN_FILES.status), `${JSON.stringify(status, undefined, 2)}\n`);
}

/** The status of the run in a folder; undefined where there is none. */
export const readStatus = (runDir: string): Promise<RunStatus | undefined> =>
  readJson<RunStatus>(join(runDir, RUN_FILES.status));
