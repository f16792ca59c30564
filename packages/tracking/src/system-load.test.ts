import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { samplingFrom } from './environment.ts';
import { SystemSampler, systemPath } from './system-load.ts';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'medgan-load-'))));
afterEach(() => rmSync(dir, { recursive: true }));

/** A clock that stands until it is moved. */
class StandingClock {
  time = 0;
  now(): number {
    return 1000 + this.time;
  }
  monotonic(): number {
    return this.time;
  }
}

const samples = (): { readonly time: number; readonly cpu: number; readonly memoryPercent: number }[] =>
  readFileSync(systemPath(dir), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReturnType<typeof samples>[number]);

describe('SystemSampler', () => {
  it('samples the machine as often as is asked for, and once more at the end', async () => {
    const clock = new StandingClock();
    const sampler = new SystemSampler(dir, { clock, interval: 10_000, always: true });
    for (clock.time = 2000; clock.time <= 24_000; clock.time += 2000) await sampler.sample({ isLast: false });
    expect(samples().map(({ time }) => time)).toEqual([11_000, 21_000]);
    clock.time = 24_000;
    await sampler.sample({ isLast: true });
    await sampler.sample({ isLast: true });
    expect(samples().map(({ time }) => time)).toEqual([11_000, 21_000, 25_000]);
    for (const { cpu, memoryPercent } of samples()) {
      expect(cpu >= 0 && cpu <= 100).toBe(true);
      expect(memoryPercent > 0 && memoryPercent <= 100).toBe(true);
    }
  });
});

describe('samplingFrom', () => {
  it('reads the variables of MLflow’s own client', () => {
    const clock = new StandingClock();
    expect(samplingFrom({}, clock)).toMatchObject({ always: false, interval: 10_000 });
    const asked = {
      MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING: 'true',
      MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL: '2',
    };
    expect(samplingFrom(asked, clock)).toMatchObject({ always: true, interval: 2000 });
    expect(samplingFrom({ MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL: '-1' }, clock).interval).toBe(10_000);
  });
});
