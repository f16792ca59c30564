import { userInfo } from 'node:os';
import { MedganError } from '@medgan/files';
import { runProgram, type ProgramEnd, type RunProgram } from './run-program.ts';

/** The controller, or a limit of it, does not let a request through now; the jobs are as they were. */
export class NotNow extends Error {}

/** A job as squeue lists it. */
export interface QueueRow {
  /** Number of the job, or of the whole array. */
  readonly id: string;
  readonly task?: number;
  readonly name: string;
  readonly state: string;
  /** Why it waits: `Priority`, `Resources`. */
  readonly reason: string;
}

/** A job, or a task of an array, by its number. */
export interface JobNumber {
  readonly id: string;
  readonly task?: number;
}

export const numberText = ({ id, task }: JobNumber): string => (task === undefined ? id : `${id}_${task}`);

const TRANSIENT =
  /unable to contact|timed out|zero bytes|connection|transport endpoint|temporarily|standby|unexpected message|(qos|assoc)\w*submit|too many|try again/i;
const FORMAT = '%F|%K|%j|%T|%r';
/** Longest list of names or numbers on one command line: Linux takes 128 KiB for one argument. */
const MOST_PER_CALL = 1000;

const firstLine = ({ stderr, stdout }: ProgramEnd): string =>
  stderr.trim().split('\n').join('; ') || stdout.trim().split('\n')[0] || 'it gave no reason';

function rowsOf(stdout: string): QueueRow[] {
  return stdout.split('\n').flatMap((line) => {
    const [id, task, name, state, ...reason] = line.trim().split('|');
    if (id === undefined || name === undefined || state === undefined) return [];
    return [
      {
        id,
        ...(/^\d+$/.test(task ?? '') ? { task: Number(task) } : {}),
        name,
        state,
        reason: reason.join('|'),
      },
    ];
  });
}

function* chunks<T>(all: readonly T[]): Generator<T[]> {
  for (let start = 0; start < all.length; start += MOST_PER_CALL)
    yield all.slice(start, start + MOST_PER_CALL);
}

/** Slurm by its programs: sbatch, squeue, sacct, scontrol and scancel. */
export class SlurmClient {
  readonly #run: RunProgram;
  readonly #user: string;
  /** False once sacct has said that there is no database. */
  #hasAccounting = true;

  constructor(run: RunProgram = runProgram) {
    this.#run = run;
    this.#user = userInfo().username;
  }

  /** @throws NotNow, and MedganError when Slurm refuses the job for good. */
  async submit(args: readonly string[], script: string): Promise<string> {
    const end = await this.#run('sbatch', args, script);
    if (end.code === 0) return end.stdout.trim().split('\n').at(-1)!.split(';')[0]!;
    throw this.#refusal(end);
  }

  /** Whether Slurm would take such a job. @throws as `submit`. */
  async test(args: readonly string[], script: string): Promise<void> {
    const end = await this.#run('sbatch', ['--test-only', ...args], script);
    if (end.code !== 0) throw this.#refusal(end);
  }

  #refusal(end: ProgramEnd): Error {
    const text = firstLine(end);
    if (TRANSIENT.test(text)) return new NotNow(text);
    return new MedganError(`Slurm refuses the job: ${text}`, {
      cure: 'change the options of the launcher; `sinfo` lists the partitions and their nodes',
    });
  }

  /** The user's jobs that wait or run: one request, whatever has ended before. @throws NotNow */
  active(): Promise<QueueRow[]> {
    return this.#squeue([]);
  }

  /** Jobs of these names, also those that have ended, as long as the controller remembers them. @throws NotNow */
  async remembered(names: readonly string[]): Promise<QueueRow[]> {
    const rows: QueueRow[] = [];
    for (const some of chunks(names)) {
      rows.push(...(await this.#squeue(['--states=all', `--name=${some.join(',')}`])));
    }
    return rows;
  }

  async #squeue(more: readonly string[]): Promise<QueueRow[]> {
    const args = ['--noheader', '--array', `--user=${this.#user}`, `--format=${FORMAT}`, ...more];
    const end = await this.#run('squeue', args);
    if (end.code !== 0) throw new NotNow(firstLine(end));
    return rowsOf(end.stdout);
  }

  /** States by number, from the accounting database; empty where there is none, or it does not answer. */
  async accounted(jobs: readonly JobNumber[]): Promise<ReadonlyMap<string, string>> {
    const states = new Map<string, string>();
    for (const some of chunks(jobs)) {
      if (!this.#hasAccounting) break;
      const args = ['--allocations', '--noheader', '--parsable2', '--format=JobID,State'];
      const end = await this.#run('sacct', [...args, `--jobs=${some.map(numberText).join(',')}`]);
      if (/accounting storage is disabled/i.test(end.stderr + end.stdout)) this.#hasAccounting = false;
      if (end.code !== 0) continue;
      for (const line of end.stdout.split('\n')) {
        const [id, state] = line.trim().split('|');
        if (id !== undefined && state !== undefined) states.set(id, state);
      }
    }
    return states;
  }

  /** The state of one job by scontrol; undefined where it is unknown there. @throws NotNow */
  async shown(job: JobNumber): Promise<string | undefined> {
    const end = await this.#run('scontrol', ['show', 'job', numberText(job), '--oneliner']);
    if (end.code !== 0) {
      if (TRANSIENT.test(end.stderr)) throw new NotNow(firstLine(end));
      return undefined;
    }
    return /\bJobState=(\w+)/.exec(end.stdout)?.[1];
  }

  /** Takes jobs out of the queue; those that run by now are left alone. */
  async dequeue(jobs: readonly JobNumber[]): Promise<void> {
    for (const some of chunks(jobs)) {
      await this.#run('scancel', ['--quiet', '--state=PENDING', ...some.map(numberText)]);
    }
  }

  /** Asks the scripts of running jobs to have their trials saved. */
  async askToSave(jobs: readonly JobNumber[]): Promise<void> {
    for (const some of chunks(jobs)) {
      await this.#run('scancel', ['--quiet', '--batch', '--signal=USR2', ...some.map(numberText)]);
    }
  }
}
