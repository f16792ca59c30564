import { describe, expect, it } from 'vitest';
import { MedganError } from '@medgan/files';
import type { Clock } from '@medgan/plugin-api';
import { follow } from './follow.ts';
import { FolderReplaced } from './sync-faults.ts';
import type { PassReport } from './sync-target.ts';

const REPORT: PassReport = { leftovers: [], points: 6, files: 1, runs: 1, experimentId: '1', runId: 'a' };

/** Follows a training that ends after `trained` ms; `pass` is given the time and may throw. Waiting takes no time. */
async function followed(
  trained: number,
  pass: (now: number, isAlive: boolean) => PassReport,
): Promise<{ report: PassReport | undefined; logged: string[]; passes: { at: number; isAlive: boolean }[] }> {
  let now = 0;
  const logged: string[] = [];
  const passes: { at: number; isAlive: boolean }[] = [];
  const clock: Clock = { now: () => now, monotonic: () => now };
  const report = await follow({
    pass: ({ isAlive }) => {
      passes.push({ at: now, isAlive });
      return new Promise((resolve) => resolve(pass(now, isAlive)));
    },
    hasEnded: () => Promise.resolve(now >= trained),
    wait: (milliseconds) => {
      now = now < trained ? Math.min(now + milliseconds, trained) : now + milliseconds;
      return Promise.resolve();
    },
    clock,
    interval: 2000,
    grace: 60_000,
    log: (line) => logged.push(line),
  });
  return { report, logged, passes };
}

describe('follow', () => {
  it('sends again and again, and once more after training has ended', async () => {
    const { report, passes, logged } = await followed(5000, () => REPORT);
    expect(passes).toEqual([
      { at: 0, isAlive: true },
      { at: 2000, isAlive: true },
      { at: 4000, isAlive: true },
      { at: 5000, isAlive: false },
    ]);
    expect(report).toBe(REPORT);
    expect(logged).toEqual([]);
  });

  it('asks a failing server more and more seldom, and says so once', async () => {
    const { report, passes, logged } = await followed(200_000, (now) => {
      if (now < 100_000) throw new MedganError('the server is away');
      return REPORT;
    });
    expect(report).toBe(REPORT);
    expect(logged).toEqual(['the server is away', 'the server is back; 6 points sent']);
    expect(passes.slice(0, 7).map(({ at }) => at)).toEqual([
      0, 4000, 12_000, 28_000, 58_000, 88_000, 118_000,
    ]);
  });

  it('gives up when the time after training is over', async () => {
    const { report, passes } = await followed(1000, () => {
      throw new MedganError('the server is away');
    });
    expect(report).toBeUndefined();
    expect(passes.at(-1)).toEqual({ at: 61_000, isAlive: false });
  });

  it('leaves a folder that holds another run now', async () => {
    const { report, passes } = await followed(50_000, () => {
      throw new FolderReplaced('another run');
    });
    expect(report).toBeUndefined();
    expect(passes).toHaveLength(1);
  });
});
