import { appendFile, mkdir } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { Metric, MlflowClient } from 'mlflow-ts-client';
import { readText } from '@medgan/files';
import type { Clock } from '@medgan/plugin-api';
import { trackingDir } from './folder-key.ts';

/** How the load of the machine is watched. */
export interface SystemSampling {
  readonly clock: Clock;
  /** Milliseconds between two samples. */
  readonly interval: number;
  /** Watch it for every run and study, not only for those that ask for it. */
  readonly always: boolean;
}

/** What the machine does at a time. */
interface Sample {
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** Of all cores, since the sample before, in percent. */
  readonly cpu: number;
  /** Memory in use, in MB. */
  readonly memory: number;
  /** The same in percent of all there is. */
  readonly memoryPercent: number;
}

/** The samples of a run or study folder: one line of JSON each. */
export const systemPath = (dir: string): string => join(trackingDir(dir), 'system.jsonl');

/** Milliseconds below which the load of a processor says nothing. */
const SHORTEST = 500;

const MEGABYTE = 1e6;

/** Time of all cores since the start of the machine, in milliseconds. */
function coreTimes(): { readonly busy: number; readonly all: number } {
  const times = cpus().map((core) => core.times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { busy: all - times.reduce((sum, { idle }) => sum + idle, 0), all };
}

/** Samples the load of the machine into a folder, as often as is asked for. */
export class SystemSampler {
  readonly #dir: string;
  readonly #sampling: SystemSampling;
  #cores = coreTimes();
  #last: number;

  constructor(dir: string, sampling: SystemSampling) {
    this.#dir = dir;
    this.#sampling = sampling;
    this.#last = sampling.clock.monotonic();
  }

  /** Takes a sample where one is due; `isLast` takes one at the end of a short run too. */
  async sample({ isLast }: { readonly isLast: boolean }): Promise<void> {
    const { clock, interval } = this.#sampling;
    const now = clock.monotonic();
    if (now - this.#last < (isLast ? SHORTEST : interval)) return;
    const cores = coreTimes();
    const all = cores.all - this.#cores.all;
    const used = totalmem() - freemem();
    const sample: Sample = {
      time: clock.now(),
      cpu: all > 0 ? (100 * (cores.busy - this.#cores.busy)) / all : 0,
      memory: used / MEGABYTE,
      memoryPercent: (100 * used) / totalmem(),
    };
    [this.#cores, this.#last] = [cores, now];
    const path = systemPath(this.#dir);
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, `${JSON.stringify(sample)}\n`);
  }
}

/** The samples from number `first` on, as points of the metrics that MLflow shows as system metrics; steps count them. */
async function systemPoints(path: string, first: number): Promise<Metric[]> {
  const lines = ((await readText(path)) ?? '').split('\n').slice(0, -1);
  return lines.slice(first).flatMap((line, index) => {
    const { time, cpu, memory, memoryPercent } = JSON.parse(line) as Sample;
    const point = (key: string, value: number): Metric => ({
      key: `system/${key}`,
      value,
      timestamp: time,
      step: first + index,
    });
    return [
      point('cpu_utilization_percentage', cpu),
      point('system_memory_usage_megabytes', memory),
      point('system_memory_usage_percentage', memoryPercent),
    ];
  });
}

/**
 * Sends the samples from number `first` on; those that were sent just before a process was killed are on the server though
 * its cursor does not know it. @returns the number of the next sample
 */
export async function sendSystemPoints(
  client: MlflowClient,
  runId: string,
  { path, first, signal }: { readonly path: string; readonly first: number; readonly signal?: AbortSignal },
): Promise<number> {
  const call = signal ? { signal } : {};
  const points = await systemPoints(path, first);
  if (points.length === 0) return first;
  const { metrics } = await client.runs.get(runId, call);
  const latest = new Map(metrics.map(({ key, step }) => [key, Number(step)]));
  const fresh = points.filter(({ key, step }) => Number(step) > (latest.get(key) ?? -1));
  await client.runs.logBatch(runId, { metrics: fresh }, call);
  return Number(points.at(-1)!.step) + 1;
}
