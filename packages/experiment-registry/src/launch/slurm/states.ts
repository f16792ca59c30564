/** What a state of Slurm means for the one who waits for the job. */
export type StateKind = 'active' | 'ended' | 'node-failure' | 'unknown';

const ACTIVE = new Set([
  'COMPLETING',
  'CONFIGURING',
  'PENDING',
  'REQUEUED',
  'REQUEUE_FED',
  'REQUEUE_HOLD',
  'RESIZING',
  'RESV_DEL_HOLD',
  'RUNNING',
  'SIGNALING',
  'SPECIAL_EXIT',
  'STAGE_OUT',
  'STOPPED',
  'SUSPENDED',
]);

/** What ended a job whose script left no word, as messages say it. */
const ENDS: Readonly<Record<string, string>> = {
  BOOT_FAIL: 'a node that did not start',
  CANCELLED: 'a cancellation in Slurm (scancel)',
  COMPLETED: 'its own end',
  DEADLINE: 'its deadline',
  FAILED: 'a failure of its script',
  LAUNCH_FAILED: 'a node that could not start it',
  NODE_FAIL: 'a failure of its node',
  OUT_OF_MEMORY: 'want of memory',
  PREEMPTED: 'a preemption',
  RECONFIG_FAIL: 'a node that could not be configured',
  REVOKED: 'another cluster that took it',
  TIMEOUT: "its job's time limit",
};

const NODE_FAILURES = new Set(['BOOT_FAIL', 'LAUNCH_FAILED', 'NODE_FAIL', 'RECONFIG_FAIL']);

/** `CANCELLED by 1000` and `CANCELLED+` are CANCELLED. */
const plain = (state: string): string => /^[A-Z_]*/.exec(state)![0];

/** Reads a state as squeue, sacct and scontrol write it: https://slurm.schedmd.com/squeue.html#SECTION_JOB-STATE-CODES */
export function kindOf(state: string): StateKind {
  const name = plain(state);
  if (ACTIVE.has(name)) return 'active';
  if (NODE_FAILURES.has(name)) return 'node-failure';
  return name in ENDS ? 'ended' : 'unknown';
}

/** What ended a job in this state, to be put behind `ended by`. */
export const endedBy = (state: string): string => ENDS[plain(state)] ?? `Slurm's state ${state}`;

/** Whether the script of a job that ended so has left word of it, unless the file system is slow to show it. */
export const leavesMarker = (state: string): boolean => ['COMPLETED', 'FAILED'].includes(plain(state));

/** Whether the job waits in the queue: then nothing of it runs that could be asked to save. */
export const isQueued = (state: string): boolean =>
  [
    'CONFIGURING',
    'PENDING',
    'REQUEUED',
    'REQUEUE_FED',
    'REQUEUE_HOLD',
    'RESV_DEL_HOLD',
    'SPECIAL_EXIT',
  ].includes(plain(state));
