import type { ProgramEnd } from './run-program.ts';

interface FakeJob {
  readonly id: string;
  readonly task?: number;
  readonly name: string;
  state: string;
}

const done = (stdout = ''): ProgramEnd => ({ code: 0, stdout, stderr: '' });
const refused = (stderr: string): ProgramEnd => ({ code: 1, stdout: '', stderr });
const valueOf = (args: readonly string[], flag: string): string | undefined =>
  args.find((arg) => arg.startsWith(`--${flag}=`))?.slice(flag.length + 3);

/** Slurm as medgan sees it, without machines: jobs have the states that a test gives them. */
export class FakeSlurm {
  readonly jobs: FakeJob[] = [];
  /** Every call, as its program and arguments. */
  readonly calls: string[][] = [];
  /** Scripts that were submitted. */
  readonly scripts: string[] = [];
  /** Characters that squeue printed. */
  listed = 0;
  isAway = false;
  /** What sacct knows, by number; undefined = there is no accounting. */
  accounting: Map<string, string> | undefined;
  /** Whether the controller has forgotten the jobs that have ended. */
  forgets = false;

  readonly run = (program: string, args: readonly string[], input = ''): Promise<ProgramEnd> => {
    this.calls.push([program, ...args]);
    return Promise.resolve(this.#answer(program, args, input));
  };

  count(program: string): number {
    return this.calls.filter(([called]) => called === program).length;
  }

  #answer(program: string, args: readonly string[], input: string): ProgramEnd {
    if (program === 'sacct') return this.#sacct(args);
    if (this.isAway)
      return refused('slurm_load_jobs error: Unable to contact slurm controller (connect failure)');
    if (program === 'sbatch') return this.#sbatch(args, input);
    if (program === 'squeue') return this.#squeue(args);
    if (program === 'scancel') return this.#scancel(args);
    return refused('slurm_load_jobs error: Invalid job id specified');
  }

  #sbatch(args: readonly string[], input: string): ProgramEnd {
    if (args.includes('--partition=nowhere'))
      return refused('sbatch: error: invalid partition specified: nowhere');
    if (args.includes('--test-only')) return done();
    this.scripts.push(input);
    const id = String(100 + this.scripts.length);
    const name = valueOf(args, 'job-name')!;
    const tasks = /^0-(\d+)/.exec(valueOf(args, 'array') ?? '')?.[1];
    if (tasks === undefined) this.jobs.push({ id, name, state: 'RUNNING' });
    else
      for (let task = 0; task <= Number(tasks); task++) this.jobs.push({ id, task, name, state: 'PENDING' });
    return done(`${id}\n`);
  }

  #squeue(args: readonly string[]): ProgramEnd {
    const names = valueOf(args, 'name')?.split(',');
    const listed = this.jobs.filter(({ state, name }) => {
      const isActive = ['PENDING', 'RUNNING'].includes(state);
      if (names === undefined) return isActive;
      return names.includes(name) && (isActive || !this.forgets);
    });
    const lines = listed
      .map(({ id, task = 'N/A', name, state }) => `${id}|${task}|${name}|${state}|None\n`)
      .join('');
    this.listed += lines.length;
    return done(lines);
  }

  #scancel(args: readonly string[]): ProgramEnd {
    const ids = args.filter((arg) => !arg.startsWith('--'));
    for (const job of this.jobs) {
      const number = job.task === undefined ? job.id : `${job.id}_${job.task}`;
      if (ids.includes(number) && args.includes('--state=PENDING') && job.state === 'PENDING')
        job.state = 'CANCELLED';
    }
    return done();
  }

  #sacct(args: readonly string[]): ProgramEnd {
    if (!this.accounting) return refused('Slurm accounting storage is disabled');
    const ids = valueOf(args, 'jobs')!.split(',');
    return done(
      [...this.accounting].flatMap(([id, state]) => (ids.includes(id) ? [`${id}|${state}\n`] : [])).join(''),
    );
  }
}
