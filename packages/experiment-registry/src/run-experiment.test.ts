import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MedganError } from '@medgan/files';
import type { Clock } from '@medgan/plugin-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expandExperiment } from './expand.ts';
import type { Study, Trial } from './study.ts';
import { parseExperiment } from './experiment.ts';
import { resultsTable } from './results.ts';
import { runExperiment } from './run-experiment.ts';
import type { Launch, RunOptions, StudyOutcome } from './run-options.ts';
import type { TrialResult } from './trial-records.ts';

const SWEEP = `title: Batch size
question: Which batch size is best?
base: {arch: DCGAN}
vary: {grid: {batch_size: [128, 64, 16]}}
published:
  source: Paper, section Results
  data: ISIC
  conclusion: 16 is best
  figures:
    psnr: {name: PSNR, unit: dB, better: higher}
    ms_gmsd: {name: MS-GMSD, better: lower, note: 0 is best}
  rows:
    - {when: {batch_size: 128}, values: {psnr: 9.91, ms_gmsd: 0.27}}
    - {when: {batch_size: 16}, values: {psnr: 12.76}}
  open:
    - {what: latent size, assumed: '100'}
configurations:
  quick: {note: Small., base: {num_epochs: 1}}
`;

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'medgan-study-'))));
afterEach(() => rmSync(root, { recursive: true }));

function study(overrides: Record<string, unknown> = {}): Study {
  const experiment = parseExperiment(SWEEP, 'experiments/sweep.yaml');
  return expandExperiment(experiment, { control: { validate: () => [] }, overrides });
}

const ended = (rest: Partial<TrialResult> = {}): TrialResult => ({
  status: 'finished',
  figures: { 'loss/generator': 1.23456, 'loss/discriminator': 0.5 },
  steps: 40,
  stepsPerSecond: 2,
  seconds: 20,
  grids: [],
  ...rest,
});

/** Runs a study with a launcher that notes what it ran, and leaves a file in each folder. */
async function run(
  options: Partial<RunOptions> & { study?: Study; result?: (trial: Trial) => TrialResult } = {},
): Promise<{ outcome: StudyOutcome; ran: string[]; events: string[] }> {
  const ran: string[] = [];
  const events: string[] = [];
  const launch: Launch = async (trial, { dir }) => {
    ran.push(trial.id);
    writeFileSync(join(dir, 'mark'), String(trial.config['num_epochs']));
    return Promise.resolve(options.result?.(trial) ?? ended());
  };
  const outcome = await runExperiment(options.study ?? study(), {
    root,
    launch,
    identify: ({ config }) => ({ config, data: 'fingerprint' }),
    clock,
    onEvent: (event) => {
      if ('trial' in event) events.push(`${event.kind} ${event.trial.id}`);
    },
    ...options,
  });
  return { outcome, ran, events };
}

const clock: Clock = { now: () => 1_700_000_000_000, monotonic: () => 0 };

const ALL = ['batch-size-128', 'batch-size-64', 'batch-size-16'];
const states = (outcome: StudyOutcome): string[] => outcome.records.map(({ state }) => state);
const read = (name: string): string => readFileSync(join(root, 'sweep', name), 'utf8');
const statesOnDisk = (): string[] =>
  (JSON.parse(read('trials.json')) as { trials: { state: string }[] }).trials.map(({ state }) => state);

describe('runExperiment', () => {
  it('runs the trials in order and writes trials.json and RESULTS.md', async () => {
    const { outcome, ran } = await run({
      result: ({ id }) => {
        if (id === 'batch-size-64') return ended({ status: 'failed', reason: 'out of | memory', steps: 3 });
        return ended();
      },
    });
    expect(ran).toEqual(ALL);
    expect(outcome).toMatchObject({ status: 'failed', resultsPath: join(root, 'sweep', 'RESULTS.md') });
    expect(outcome.advice).toContain('1 of 3 trials failed');
    expect(statesOnDisk()).toEqual(['finished', 'failed', 'finished']);
    const results = read('RESULTS.md');
    expect(results).toContain('3 trials, 2 finished, 1 failed');
    expect(results).toMatch(/\| +16 \|.*\| finished/);
    expect(results).toContain('failed: out of \\| memory');
    expect(readdirSync(join(root, 'sweep')).sort()).toEqual(['RESULTS.md', ...ALL, 'trials.json'].sort());
  });

  it('links the grids from any folder', async () => {
    const { outcome } = await run({ result: () => ended({ grids: ['a b.png'] }) });
    expect(resultsTable(outcome, { from: root })).toContain(
      '[batch-size-128](sweep/batch-size-128/a%20b.png)',
    );
  });

  it('sets our figures beside the published ones', async () => {
    const { outcome } = await run({ result: () => ended({ figures: { psnr: 10, loss: NaN } }) });
    const narrow = resultsTable(outcome, { width: 95 }).split('\n');
    expect(narrow[0]).toMatch(/^\| batch_size \|.*\| state/);
    for (const line of narrow) expect(line.length).toBeLessThanOrEqual(95);
    expect(resultsTable(outcome).indexOf('\n')).toBeGreaterThan(95);
    expect(resultsTable(outcome).split('\n')[0]).toMatch(
      /\| PSNR, dB ↑ \| loss \|.*\| published PSNR, dB ↑ \|/,
    );
    expect(resultsTable(outcome)).toContain('NaN');
  });

  it('keeps finished trials, and their figures, NaN included', async () => {
    await run({ result: () => ended({ figures: { a: NaN, b: -Infinity, c: 0.25 } }) });
    const { outcome, ran, events } = await run();
    expect(ran).toEqual([]);
    expect(events).toEqual(ALL.map((id) => `kept ${id}`));
    expect(outcome.status).toBe('finished');
    expect(outcome.advice).toBeUndefined();
    expect(outcome.records[0]!.result!.figures).toEqual({ a: NaN, b: -Infinity, c: 0.25 });
  });

  it('runs failed trials again, and those whose folder is gone, and all when forced', async () => {
    await run({ result: ({ id }) => ended({ status: id === 'batch-size-64' ? 'failed' : 'finished' }) });
    rmSync(join(root, 'sweep', 'batch-size-16'), { recursive: true });
    expect((await run()).ran).toEqual(['batch-size-64', 'batch-size-16']);
    expect((await run({ force: true })).ran).toEqual(ALL);
    expect(existsSync(join(root, 'sweep', '_earlier'))).toBe(false);
  });

  it('moves runs of another config or other data aside', async () => {
    await run();
    const changed = await run({ study: study({ num_epochs: 2 }) });
    expect(changed.events.slice(0, 4)).toEqual([...ALL.map((id) => `moved ${id}`), 'started batch-size-128']);
    const identify: RunOptions['identify'] = ({ config }) => ({ config, data: 'other' });
    expect((await run({ study: study({ num_epochs: 2 }), identify })).ran).toEqual(ALL);
    const kept = readdirSync(join(root, 'sweep', '_earlier')).sort();
    expect(kept).toHaveLength(6);
    const marks = kept.map((name) => readFileSync(join(root, 'sweep', '_earlier', name, 'mark'), 'utf8'));
    expect(marks.sort()).toEqual(['1', '1', '1', '2', '2', '2']);
  });

  it('never writes over a finished run when a changed study is stopped before it', async () => {
    await run();
    const stop = AbortSignal.abort();
    await run({ study: study({ num_epochs: 2 }), signal: stop });
    await run({ study: study({ num_epochs: 2 }) });
    const kept = readdirSync(join(root, 'sweep', '_earlier'));
    const marks = kept.map((name) => readFileSync(join(root, 'sweep', '_earlier', name, 'mark'), 'utf8'));
    expect(marks).toEqual(['1', '1', '1']);
  });

  it('takes a throwing launcher for one failed trial', async () => {
    const { outcome } = await run({
      result: ({ id }) => {
        if (id === 'batch-size-128') throw new MedganError('no kernel', { cure: 'use eager' });
        return ended();
      },
    });
    expect(states(outcome)).toEqual(['failed', 'finished', 'finished']);
    expect(outcome.records[0]!.result!.reason).toBe('no kernel');
  });

  it('stops when interrupted, and goes on where it was', async () => {
    const stop = new AbortController();
    const first = await run({
      signal: stop.signal,
      result: ({ id }) => {
        if (id !== 'batch-size-64') return ended();
        expect(statesOnDisk()).toEqual(['finished', 'running', 'waiting']);
        stop.abort();
        throw new Error('aborted');
      },
    });
    expect(states(first.outcome)).toEqual(['finished', 'interrupted', 'waiting']);
    expect(first.outcome.status).toBe('interrupted');
    expect(first.outcome.advice).toBe(
      '2 of 3 trials are left: run the same command again to go on; finished ones are kept',
    );
    expect(read('RESULTS.md')).toContain('3 trials, 1 finished, 1 interrupted, 1 waiting');

    const second = await run();
    expect(second.ran).toEqual(['batch-size-64', 'batch-size-16']);
    expect(second.outcome.status).toBe('finished');
  });

  it('keeps the folder of a trial that was killed, for the launcher to resume', async () => {
    await run();
    const killed = read('trials.json').replace('"state": "finished"', '"state": "running"');
    writeFileSync(join(root, 'sweep', 'trials.json'), killed);
    const { ran, events } = await run();
    expect(ran).toEqual(['batch-size-128']);
    expect(events).toContain('started batch-size-128');
  });

  it('starts nothing when the data cannot be identified', async () => {
    const identify = (): never => {
      throw new MedganError('no such folder');
    };
    await expect(run({ identify })).rejects.toThrow('no such folder');
    expect(readdirSync(root)).toEqual([]);
  });

  it('refuses a trials.json that is not its own', async () => {
    await run();
    const path = join(root, 'sweep', 'trials.json');
    writeFileSync(path, read('trials.json').replace('"quick"', '"paper"'));
    await expect(run()).rejects.toThrow(
      `${path} cannot be read (it is of the experiment sweep, configuration paper)`,
    );
    writeFileSync(path, '{');
    await expect(run()).rejects.toMatchObject({ cure: expect.stringContaining('move the file away') });
  });
});
