import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TRIAL_FILES, type JobEnd } from '@medgan/plugin-api';

/** What the script of a job writes into the run folder when the trial's process has ended. */
interface EndMarker {
  readonly name: string;
  readonly code: number;
  /** Who asked the trial to save: `limit`, `medgan`, `slurm`; `requeues`, `setup`: why it was not started. */
  readonly asked: string;
}

/** Exit codes by which a shell reports the signal that ended a process. 130, of Ctrl-C, is how a trial ends that has saved. */
const SIGNALS: Readonly<Record<number, string>> = {
  132: 'SIGILL',
  134: 'SIGABRT',
  135: 'SIGBUS',
  136: 'SIGFPE',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  143: 'SIGTERM',
};

const REASONS: Readonly<Record<string, string>> = {
  limit: "its job's time limit",
  requeues: "the limit of requeues: raise the launcher's option requeue",
  setup: 'a setup command that failed',
};

/** How the process of job `name` ended, as its script left it in the run folder; undefined while it left nothing. */
export async function endMarker(dir: string, name: string): Promise<JobEnd | undefined> {
  let marker: EndMarker;
  try {
    marker = JSON.parse(await readFile(join(dir, TRIAL_FILES.jobEnd), 'utf8')) as EndMarker;
  } catch {
    return undefined;
  }
  if (marker.name !== name) return undefined;
  const reason = REASONS[marker.asked];
  const signal = SIGNALS[marker.code];
  if (signal !== undefined) return { code: null, by: reason ?? signal };
  return { code: marker.code, ...(reason === undefined ? {} : { by: reason }) };
}
