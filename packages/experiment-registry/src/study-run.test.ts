import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from '@medgan/files';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expandExperiment } from './expand.ts';
import type { Study } from './study.ts';
import { parseExperiment } from './experiment.ts';
import { readResult, writeResult } from './launch/trial-files.ts';
import { runExperiment } from './run-experiment.ts';
import type { Launch, RunOptions, StudyOutcome } from './run-options.ts';
import { type TrialResult } from './trial-records.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'medgan-study-'))));
afterEach(() => rmSync(root, { recursive: true }));

const CASES = `title: Epochs
question: How long?
base: {arch: DCGAN}
vary:
  cases:
    - {id: short, set: {num_epochs: 1}}
    - {id: long, set: {num_epochs: 2}, continues: short}
    - {id: longest, set: {num_epochs: 3}, continues: long}
    - {id: other, set: {num_epochs: 1, batch_size: 4}}
`;

const study = (text = CASES, seeds?: readonly number[]): Study =>
  expandExperiment(parseExperiment(text, 'experiments/epochs.yaml'), {
    control: { validate: () => [] },
    ...(seeds ? { seeds } : {}),
  });

const done: TrialResult = { status: 'finished', figures: {}, steps: 1, seconds: 1, grids: [] };

/** Lets nobody through until `count` have come. */
function barrier(count: number): () => Promise<void> {
  let open: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let come = 0;
  return () => {
    if (++come >= count) open();
    return opened;
  };
}

/**
 * Runs a study whose trials write a checkpoint and what they found when they began; none ends before `together` of them
 * have begun.
 */
async function run(
  options: Partial<RunOptions> & { study?: Study; fail?: readonly string[]; together?: number } = {},
): Promise<{ outcome: StudyOutcome; ran: string[]; most: number; events: string[] }> {
  const { study: asked = study(), fail = [], together = 1, ...rest } = options;
  const others = barrier(together);
  const [ran, events]: string[][] = [[], []];
  let [now, most] = [0, 0];
  const launch: Launch = async ({ id }, { dir }) => {
    ran!.push(id);
    most = Math.max(most, ++now);
    await others();
    now--;
    if (fail.includes(id)) throw new Error(`${id} is ill`);
    const checkpoint = join(dir, 'checkpoints/step-1');
    const before = existsSync(checkpoint) ? readFileSync(join(checkpoint, 'from'), 'utf8') : '';
    rmSync(checkpoint, { recursive: true, force: true });
    mkdirSync(checkpoint, { recursive: true });
    writeFileSync(join(checkpoint, 'from'), `${before}${id}.`);
    writeFileSync(join(dir, 'config.yaml'), '');
    await writeResult(dir, done);
    return done;
  };
  const outcome = await runExperiment(asked, {
    root,
    launch,
    identify: ({ config }) => ({ config, data: 'f' }),
    clock: { now: () => 5, monotonic: () => 0 },
    onEvent: (event) => events!.push('trial' in event ? `${event.kind} ${event.trial.id}` : event.kind),
    ...rest,
  });
  return { outcome, ran: ran!, most, events: events! };
}

const states = ({ records }: StudyOutcome): string[] => records.map(({ state }) => state);
const trail = (id: string): string =>
  readFileSync(join(root, 'epochs', id, 'checkpoints/step-1/from'), 'utf8');

describe('a study of several jobs', () => {
  it('runs as many trials at a time as it may, and one that continues another after it', async () => {
    const { outcome, ran, most, events } = await run({ jobs: 3, together: 2 });
    expect(outcome.status).toBe('finished');
    expect(most).toBe(2);
    expect(ran.slice(0, 2)).toEqual(['short', 'other']);
    expect(ran.slice(2)).toEqual(['long', 'longest']);
    expect(trail('longest')).toBe('short.long.longest.');
    expect([events[0], events.at(-1)]).toEqual(['study-started', 'study-ended']);
    expect(outcome.records[0]!.result).toMatchObject({ startedAt: 5, endedAt: 5 });
  });

  it('runs every trial once, never more than may, whatever the number of jobs', async () => {
    const grid = (count: number): string =>
      `title: G\nquestion: Q?\nbase: {arch: DCGAN}\nvary: {grid: {batch_size: [${Array.from({ length: count }, (_, i) => i + 1).join(', ')}]}}\n`;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 8 }),
        async (count, jobs) => {
          rmSync(join(root, 'epochs'), { recursive: true, force: true });
          const { ran, most } = await run({
            study: study(grid(count)),
            jobs,
            together: Math.min(count, jobs),
          });
          expect(new Set(ran).size).toBe(count);
          expect(ran).toHaveLength(count);
          expect(most).toBe(Math.min(count, jobs));
        },
      ),
      { numRuns: 6 },
    );
  });

  it('begins a trial that continues another with what that one left', async () => {
    await run();
    expect([trail('short'), trail('long'), trail('longest')]).toEqual([
      'short.',
      'short.long.',
      'short.long.longest.',
    ]);
    await run({ force: true });
    expect(trail('long')).toMatch(/short\.long\.$/);
    expect((await run()).ran).toEqual([]);
  });

  it('skips trials whose beginning failed, and runs them when it is fixed', async () => {
    const { outcome, ran, events } = await run({ fail: ['short'] });
    expect(ran).toEqual(['short', 'other']);
    expect(states(outcome)).toEqual(['failed', 'skipped', 'skipped', 'finished']);
    expect(outcome.records.map(({ result }) => result!.reason)).toEqual([
      'short is ill',
      'it goes on from num_epochs 1, which failed',
      'it goes on from num_epochs 2, which was skipped',
      undefined,
    ]);
    expect(outcome.advice).toContain('1 of 4 trials failed, 2 skipped: fix');
    expect(events).toContain('skipped long');
    expect((await run()).ran).toEqual(['short', 'long', 'longest']);
  });

  it('starts no more trials after a failure where that is asked', async () => {
    const { outcome, ran } = await run({ fail: ['short'], onFailure: 'stop' });
    expect(ran).toEqual(['short']);
    expect(states(outcome)).toEqual(['failed', 'waiting', 'waiting', 'waiting']);
    expect(outcome.status).toBe('failed');
  });

  it('remembers finished trials of seeds that are not asked for this time', async () => {
    await run({ study: study(CASES, [0, 1]) });
    await run({ study: study(CASES, [0]) });
    expect((await run({ study: study(CASES, [0, 1]) })).ran).toEqual([]);
    expect(existsSync(join(root, 'epochs/_earlier'))).toBe(false);
  });

  it('ends its trials when it cannot record their results', async () => {
    let warned = false;
    const others = barrier(2);
    const launch: Launch = async (trial, { signal, dir }) => {
      const begun = others();
      if (trial.id === 'short') {
        await begun;
        rmSync(join(dir, '../trials.json'));
        mkdirSync(join(dir, '../trials.json/in-the-way'), { recursive: true });
        return done;
      }
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      warned = true;
      return { ...done, status: 'interrupted' };
    };
    await expect(run({ jobs: 2, launch })).rejects.toThrow('trials.json cannot be written');
    expect(warned).toBe(true);
  });
});

describe('a study folder', () => {
  it('is run by one process at a time', async () => {
    const lock = await takeLock(join(root, 'epochs/study.lock'));
    await expect(run()).rejects.toThrow(
      `the study ${join(root, 'epochs')} is being run by process ${process.pid} on ${hostname()}`,
    );
    if ('release' in lock) await lock.release();
    expect((await run()).outcome.status).toBe('finished');
    expect(existsSync(join(root, 'epochs/study.lock'))).toBe(false);
  });

  it('is taken over from a process that is gone', async () => {
    mkdirSync(join(root, 'epochs'));
    writeFileSync(join(root, 'epochs/study.lock'), JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }));
    expect((await run()).outcome.status).toBe('finished');
  });

  it('refuses a record of another version, and touches nothing', async () => {
    await run();
    const path = join(root, 'epochs/trials.json');
    const old = readFileSync(path, 'utf8').replace('"version": 2', '"version": 1');
    writeFileSync(path, old);
    await expect(run()).rejects.toThrow('it is of version 1, not 2');
    expect(readFileSync(path, 'utf8')).toBe(old);
  });

  it('says in each trial’s own folder what came of it', async () => {
    await run();
    expect(await readResult(join(root, 'epochs/short'))).toEqual(done);
  });
});
