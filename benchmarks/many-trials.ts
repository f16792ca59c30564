/**
 * What it costs to follow a study of many trials on Slurm, by a Slurm without machines: requests, CPU time and memory.
 *   node --conditions=@medgan/source --import tsx benchmarks/many-trials.ts [trials] [running at once]
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FakeSlurm, SlurmClient, slurmLauncherBy } from '@medgan/experiment-registry/testing';
import { parseOptions, type JobEnd, type TrialJob } from '@medgan/plugin-api';

const [count = 10_000, atOnce = 200] = process.argv.slice(2).map(Number);
const root = mkdtempSync(join(tmpdir(), 'medgan-many-'));
const slurm = new FakeSlurm();
const launcher = slurmLauncherBy(new SlurmClient(slurm.run));
const options = parseOptions<object>('slurm', launcher.options, { poll_seconds: 0.1, array: atOnce });
const { signal } = new AbortController();

const jobOf = (index: number): TrialJob => {
  const dir = join(root, `t${index}`);
  mkdirSync(dir);
  return {
    id: `t${index}`,
    dir,
    command: ['true'],
    resume: ['true'],
    log: join(dir, 'log'),
    threads: 1,
    gpus: 0,
  };
};
const trials = Array.from({ length: count }, (_, index) => jobOf(index));
const start = process.cpuUsage();
const ends: Promise<JobEnd>[] = trials.map((trial) =>
  launcher.launch(trial, options, { signal, onMessage: () => undefined }),
);
while (slurm.jobs.length < count) await setTimeout(50);
while (!existsSync(join(trials.at(-1)!.dir, 'job.json'))) await setTimeout(50);
const handedIn = process.cpuUsage(start);
const [submissions, calls] = [slurm.count('sbatch'), slurm.calls.length];

const dirOf = new Map<string, string>(
  trials.map(({ dir }) => {
    const { name, task } = JSON.parse(readFileSync(join(dir, 'job.json'), 'utf8')) as {
      name: string;
      task: number;
    };
    return [`${name}/${task}`, dir] as const;
  }),
);
// One round: what ran has ended, as many more run; then medgan polls.
const costs: { left: number; characters: number; milliseconds: number }[] = [];
for (let done = 0; done < count; done += atOnce) {
  for (const job of slurm.jobs.slice(done, done + atOnce)) {
    const marker = JSON.stringify({ name: job.name, code: 0, asked: '' });
    writeFileSync(join(dirOf.get(`${job.name}/${job.task}`)!, 'job-end.json'), marker);
    job.state = 'COMPLETED';
  }
  for (const job of slurm.jobs.slice(done + atOnce, done + 2 * atOnce)) job.state = 'RUNNING';
  const [polls, listed, cpu] = [slurm.count('squeue'), slurm.listed, process.cpuUsage()];
  while (slurm.count('squeue') < polls + 2 && done + atOnce < count) await setTimeout(20);
  const { user, system } = process.cpuUsage(cpu);
  const made = Math.max(1, slurm.count('squeue') - polls);
  costs.push({
    left: count - done - atOnce,
    characters: Math.round((slurm.listed - listed) / made),
    milliseconds: Math.round((user + system) / 1000 / made),
  });
}
await Promise.all(ends);
const whole = process.cpuUsage(start);
process.stdout.write(`${count} trials, ${atOnce} at once
handed in by ${submissions} calls of sbatch, ${((handedIn.user + handedIn.system) / 1e6).toFixed(1)} s of CPU
first poll, one in the middle, last: ${JSON.stringify([costs[0], costs[costs.length >> 1], costs.at(-2)])}
calls beside sbatch and squeue: ${slurm.calls.slice(calls).filter(([program]) => program !== 'squeue').length}
files in a run folder: ${readdirSync(trials[0]!.dir).length}
peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB, whole: ${((whole.user + whole.system) / 1e6).toFixed(1)} s of CPU
`);
rmSync(root, { recursive: true });
