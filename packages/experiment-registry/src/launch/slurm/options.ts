import type { OptionsSchema, TrialJob } from '@medgan/plugin-api';

/** What may be set of the launcher `slurm`. */
export interface SlurmOptions {
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  readonly time?: string | number;
  readonly cpus?: number;
  readonly mem?: string | number;
  readonly gres?: string;
  readonly constraint?: string;
  readonly sbatch: readonly string[];
  readonly setup: readonly string[];
  readonly container: string;
  readonly array?: number;
  readonly save_seconds: number;
  readonly requeue: number;
  readonly node_failures: number;
  readonly poll_seconds: number;
  readonly lost_seconds: number;
}

const text = (description: string): object => ({ type: 'string', minLength: 1, description });
const count = (description: string, rest: object): object => ({ type: 'integer', description, ...rest });
const seconds = (description: string, rest: object): object => ({ type: 'number', description, ...rest });

export const SLURM_SCHEMA: OptionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    partition: text('partition of the jobs'),
    account: text('account that is charged'),
    qos: text('quality of service'),
    time: {
      type: ['string', 'integer'],
      description: 'time limit of a job, in the forms of sbatch: 90 (minutes), "4:00:00", "1-12"',
    },
    cpus: count('cores of a job; default: threads of the trial, otherwise 4', { minimum: 1 }),
    mem: { type: ['string', 'integer'], description: 'memory of a job: 8G, or a number of MB' },
    gres: text('generic resources: gpu:a100:1; default: gpu:1 where the trial has n_gpu, otherwise none'),
    constraint: text('features that the node must have'),
    sbatch: {
      type: 'array',
      items: { type: 'string', pattern: '^--' },
      default: [],
      description: 'further options of sbatch: ["--exclude=node7", "--nice=100"]',
    },
    setup: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'shell commands before the trial: ["module load cuda"]; the job ends where one fails',
    },
    container: {
      type: 'string',
      default: '',
      description: 'put before the command of a trial: apptainer exec --nv medgan.sif',
    },
    array: count('hand trials in as a job array, of which Slurm runs at most so many at once', {
      minimum: 1,
    }),
    save_seconds: count('how long before its time limit a trial is asked to save', {
      minimum: 1,
      maximum: 65_535,
      default: 120,
    }),
    requeue: count('how often a job may be put back into the queue after its time limit or a preemption', {
      minimum: 0,
      default: 0,
    }),
    node_failures: count('how often a trial is handed in again because its node failed', {
      minimum: 0,
      default: 2,
    }),
    poll_seconds: seconds('time between two requests for the state of all jobs', {
      minimum: 0.1,
      default: 10,
    }),
    lost_seconds: seconds('how long a job may be unknown to Slurm before it counts as lost', {
      minimum: 0,
      default: 120,
    }),
  },
};

/** Cores of a job where neither the study nor an option says how many. */
export const DEFAULT_CORES = 4;

/** What Slurm is to know of one submission. */
export interface SubmissionFlags {
  readonly name: string;
  /** The first of the jobs; all of a submission ask for the same resources. */
  readonly job: TrialJob;
  /** Tasks of the array; undefined = a job without an array. */
  readonly tasks?: number;
}

/** The command line of sbatch; the script goes to its standard input. */
export function sbatchArguments(options: SlurmOptions, { name, job, tasks }: SubmissionFlags): string[] {
  const gres = options.gres ?? (job.gpus > 0 ? 'gpu:1' : undefined);
  const given: Readonly<Record<string, string | number | undefined>> = {
    partition: options.partition,
    account: options.account,
    qos: options.qos,
    time: options.time,
    mem: options.mem,
    gres,
    constraint: options.constraint,
  };
  return [
    '--parsable',
    `--job-name=${name}`,
    '--ntasks=1',
    `--cpus-per-task=${options.cpus ?? job.threads}`,
    ...Object.entries(given).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}=${value}`])),
    ...(tasks === undefined
      ? [`--output=${escapedPattern(job.log)}`]
      : [`--array=0-${tasks - 1}%${options.array ?? tasks}`, '--output=/dev/null']),
    '--open-mode=append',
    // To the shell of the script alone: it asks the trial once.
    `--signal=B:USR1@${options.save_seconds}`,
    options.requeue > 0 ? '--requeue' : '--no-requeue',
    ...options.sbatch,
  ];
}

/** Slurm replaces `%j` and the like in the name of the output. */
const escapedPattern = (path: string): string => path.replaceAll('%', '%%');
