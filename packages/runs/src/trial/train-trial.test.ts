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
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  expandExperiment,
  parseExperiment,
  readResult,
  runExperiment,
  type StudyOutcome,
} from '@medgan/experiment-registry';
import { takeLock } from '@medgan/files';
import { fingerprint } from '../../../../tools/vitest/fingerprint.ts';
import { builtInPlugins } from '../plugins/plugins.ts';
import { readRunRecord } from '../run/run-record.ts';
import { Listener, SMALL_CONTROL } from '../run/small-run.testing.ts';
import { systemClock } from '../run/system-clock.ts';
import { openTrial, trainTrial } from './train-trial.ts';
import { controlRules, trialIdentities } from './trial-run.ts';

let studyDir: string;
beforeEach(() => void (studyDir = mkdtempSync(join(tmpdir(), 'medgan-trial-'))));
afterEach(() => rmSync(studyDir, { recursive: true, force: true }));

/** Makes the folder of a trial, as a study does before it launches one. */
function folderOf(id: string, changes: object = {}): string {
  const dir = join(studyDir, id);
  const { threads: _threads, ...control } = SMALL_CONTROL;
  const trial = { id, label: id, group: id, groupLabel: id, settings: {}, seed: 7 };
  const config = { ...control, out: 'runs', ...changes };
  mkdirSync(dir);
  const written = { experiment: 'small', configuration: 'quick', trial: { ...trial, config } };
  writeFileSync(join(dir, 'trial.json'), JSON.stringify(written));
  return dir;
}

interface HowTrained {
  readonly anew?: boolean;
  /** Interrupt it after so many steps. */
  readonly until?: number;
  readonly threads?: number;
  readonly listener?: Listener;
}

async function trained(dir: string, how: HowTrained = {}): ReturnType<typeof trainTrial> {
  const stop = new AbortController();
  const { anew = false, until, threads = 1, listener: reporter = new Listener() } = how;
  reporter.afterStep = (step) => {
    if (step === until) stop.abort();
  };
  return trainTrial(await openTrial(dir), { anew, threads, reporter, signal: stop.signal });
}

describe('a trial as a run', () => {
  it('is opened with its plugins, and its control file resolved', async () => {
    const opened = await openTrial(folderOf('one', { batch_size: 2 }));
    expect(opened.control).toMatchObject({ run: 'one', batch_size: 2, log_every: 1 });
    expect(opened.run).toMatchObject({ config: { batchSize: 2 }, engines: ['onnx'] });
  });

  it('is not opened in a folder of no study', async () => {
    await expect(openTrial(studyDir)).rejects.toThrow(`${studyDir} is no trial of a study`);
  });

  it('trains, is judged on its own images, and leaves its result', async () => {
    const dir = folderOf('one');
    const listener = new Listener();
    expect(await trained(dir, { listener })).toBe('finished');
    expect(listener.phases).toEqual(['judging its images']);
    const result = (await readResult(dir))!;
    expect(result).toMatchObject({ status: 'finished', steps: 4, grids: ['real-fake-grid.png'] });
    expect(result.engine).toMatch(/^onnx on CPU/);
    expect(Object.keys(result.figures)).toEqual([
      'loss/discriminator',
      'loss/generator',
      ...['psnr', 'ssim', 'ms_gmsd', 'mdsi', 'haarpsi'],
    ]);
    expect(result.floor!['ssim']!).toBeLessThan(result.ceiling!['ssim']!);
    const { original } = JSON.parse(readFileSync(join(dir, 'metrics.json'), 'utf8')) as {
      readonly original: { readonly values: Readonly<Record<string, { readonly value: number }>> };
    };
    expect(result.figures['psnr']).toBe(original.values['psnr']!.value);
  });

  it('says by what its best checkpoint was chosen, with the figures of the last and of the best one', async () => {
    const dir = folderOf('one', { evaluate_every: 1, best_metric: 'psnr', keep_checkpoints: 1 });
    await trained(dir);
    const { figures, best, chosenBy } = (await readResult(dir))!;
    const kept = JSON.parse(readFileSync(join(dir, 'best.json'), 'utf8')) as Record<string, unknown>;
    expect(chosenBy).toEqual({
      key: 'while_training/psnr',
      name: 'psnr',
      better: 'higher',
      value: kept['value'],
      step: kept['step'],
    });
    expect(figures['while_training/psnr']).toBeLessThanOrEqual(chosenBy!.value);
    if (best) expect(best.figures['while_training/psnr']).toBe(chosenBy!.value);
    else expect(figures['while_training/psnr']).toBe(chosenBy!.value);
  });

  it('goes on where it was interrupted, with the threads of its beginning, to the same bytes', async () => {
    await trained(folderOf('unbroken'));
    const dir = folderOf('one');
    expect(await trained(dir, { until: 3 })).toBe('interrupted');
    const cut = (await readResult(dir))!;
    expect(cut).toMatchObject({ status: 'interrupted', steps: 3 });
    expect(Object.keys(cut.figures)).toEqual(['loss/discriminator', 'loss/generator']);
    const listener = new Listener();
    expect(await trained(dir, { threads: 2, listener })).toBe('finished');
    expect(listener.notes).toContain('resuming after step 3');
    expect((await readRunRecord(dir)).engine.threads).toBe(1);
    const bytes = (folder: string): Record<string, string> => {
      const { 'trial.json': _trial, 'result.json': _result, ...rest } = fingerprint(folder);
      return Object.fromEntries(Object.entries(rest).filter(([name]) => !name.includes('step-0000003')));
    };
    expect(bytes(dir)).toEqual(bytes(join(studyDir, 'unbroken')));
  });

  it('begins anew where that is asked for', async () => {
    const dir = folderOf('one');
    await trained(dir, { until: 3 });
    const listener = new Listener();
    expect(await trained(dir, { anew: true, listener })).toBe('finished');
    expect(listener.notes.join('\n')).not.toContain('resuming');
    expect(readdirSync(join(dir, 'checkpoints'))).toEqual(['step-0000002', 'step-0000004']);
    expect(existsSync(join(dir, 'trial.json'))).toBe(true);
  });

  it('leaves the reason where it fails', async () => {
    const dir = folderOf('one');
    const dataset = { dataset: 'image-folder', path: join(studyDir, 'no-images'), dataset_options: {} };
    const without = folderOf('two', { ...dataset, classes: ['melanoma'] });
    await expect(trained(without)).rejects.toThrow('no-images');
    const result = (await readResult(without))!;
    expect(result).toMatchObject({ status: 'failed', figures: {}, steps: 0 });
    expect(result.reason).toContain('no-images');
    expect(await readResult(dir)).toBe(undefined);
  });

  it('waits for an earlier process of the same trial to end', async () => {
    const dir = folderOf('one');
    const lock = await takeLock(join(dir, 'run.lock'));
    const listener = new Listener();
    const done = trained(dir, { listener });
    while (listener.notes.length === 0) await setImmediate();
    expect(listener.notes[0]).toContain(`waiting for process ${process.pid}`);
    expect(existsSync(join(dir, 'config.yaml'))).toBe(false);
    if ('release' in lock) await lock.release();
    expect(await done).toBe('finished');
  });
});

const STUDY = `title: Epochs
question: Do more epochs help?
base: ${JSON.stringify({ ...SMALL_CONTROL, seed: undefined })}
vary:
  cases:
    - {id: short, set: {num_epochs: 1}}
    - {id: long, continues: short, set: {num_epochs: 2}}
    - {id: wide, set: {num_epochs: 1, gen_feature_maps: 2}}
`;

/** Runs the study with its trials in this process. */
async function study(): Promise<{ readonly outcome: StudyOutcome; readonly listener: Listener }> {
  const plugins = builtInPlugins();
  const listener = new Listener();
  const { signal } = new AbortController();
  const experiment = parseExperiment(STUDY, 'experiments/epochs.yaml');
  const outcome = await runExperiment(expandExperiment(experiment, { control: controlRules(plugins) }), {
    root: studyDir,
    clock: systemClock,
    identify: trialIdentities(plugins, { reporter: listener, signal }),
    launch: async (_trial, { dir, anew }) => {
      await trainTrial(await openTrial(dir), { anew, threads: 1, reporter: listener, signal });
      return (await readResult(dir))!;
    },
  });
  return { outcome, listener };
}

describe('a study whose trials run in this process', () => {
  it('trains them, one from the end of another, and writes their table; run again, it keeps them', async () => {
    const { outcome, listener } = await study();
    expect(outcome.status).toBe('finished');
    expect(outcome.records.map(({ id, state, result }) => [id, state, result!.steps])).toEqual([
      ['short', 'finished', 2],
      ['long', 'finished', 4],
      ['wide', 'finished', 2],
    ]);
    expect(listener.notes).toContain('resuming after step 2');
    const table = readFileSync(outcome.resultsPath, 'utf8');
    for (const { groupLabel } of outcome.records) expect(table).toContain(groupLabel);
    const again = await study();
    expect(again.listener.notes).toEqual([]);
    expect(again.outcome.records).toEqual(outcome.records);
  });
});
