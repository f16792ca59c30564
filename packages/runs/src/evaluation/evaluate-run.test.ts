import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defined } from '@medgan/files';
import { builtInPlugins } from '../plugins/plugins.ts';
import { openRun, withRunAtWork } from '../run/open-run.ts';
import { Listener, smallRun, trainSmall } from '../run/small-run.testing.ts';
import { evaluateRun, type EvaluateRequest, type RunEvaluation } from './evaluate-run.ts';
import { chooseFeatures } from './features-spec.ts';

const PLUGINS = builtInPlugins();

let out: string;
let runDir: string;
beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'medgan-evaluate-'));
  runDir = join(out, 'run');
  const split = { split: 'train', splits: { train: 0.5, test: 0.5 }, dataset_options: { count: 16 } };
  const evaluated = { evaluate_every: 1, best_metric: 'psnr', num_epochs: 3, ema: 0.9 };
  await trainSmall(await smallRun(out, { ...split, ...evaluated }));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));
beforeEach(() => rmSync(join(runDir, 'metrics.json'), { force: true }));

const { signal } = new AbortController();
const reporter = new Listener();

async function evaluate(request: Partial<EvaluateRequest> = {}): Promise<RunEvaluation> {
  const settings = { protocol: 'original', offByOne: false, seed: 0, checkpoint: 'last' } as const;
  return withRunAtWork(await openRun(runDir), { reporter, signal }, (run) =>
    evaluateRun(run, { ...settings, reporter, signal, ...request }),
  );
}

const written = (): unknown => JSON.parse(readFileSync(join(runDir, 'metrics.json'), 'utf8'));

describe('the evaluation of a run', () => {
  it('is of its last checkpoint, by the protocol of the original, and is written to metrics.json', async () => {
    const evaluation = await evaluate();
    expect(evaluation).toMatchObject({
      checkpoint: { step: 6, chosen: 'last', ema: 0.9 },
      best: { metric: 'psnr' },
      seed: 0,
      data: { images: 8, size: 64 },
      original: { pairs: 4 },
    });
    expect(Object.keys(evaluation.original!.values)).toEqual([
      'psnr',
      'ssim',
      'ms_ssim',
      'ms_gmsd',
      'mdsi',
      'haarpsi',
    ]);
    expect(evaluation).not.toHaveProperty('paired_mean');
    expect(evaluation).not.toHaveProperty('sets');
    expect(written()).toEqual(JSON.parse(JSON.stringify(evaluation)));
  });

  it('is the same twice, and of the fixed-noise images that its training judged', async () => {
    const [first, second] = [await evaluate({ checkpoint: 'best' }), await evaluate({ checkpoint: 'best' })];
    expect(second).toEqual(first);
    const { best, checkpoint } = first;
    expect(checkpoint.step).toBe(best!.step);
    const lines = readFileSync(join(runDir, 'log.jsonl'), 'utf8').trimEnd().split('\n');
    const judged = lines.map((line) => JSON.parse(line) as Record<string, number>);
    expect(judged[best!.step - 1]!['metric/psnr']).toBe(best!.value);
  });

  it('drops the last pair where that is asked for, as the original does', async () => {
    expect((await evaluate({ offByOne: true })).original!.pairs).toBe(3);
  });

  it('compares each fake with random reals by the protocol paired-mean, and by nothing else', async () => {
    const evaluation = await evaluate({ protocol: 'paired-mean' });
    expect(evaluation).not.toHaveProperty('original');
    expect(evaluation.paired_mean!.pairs).toBe(4 * 8);
    const { values, floor, ceiling } = evaluation.paired_mean!;
    expect(floor['ssim']!.value!).toBeLessThan(ceiling['ssim']!.value!);
    expect(values['ssim']!.value).toSatisfy(Number.isFinite);
  });

  const sets = (against?: string): NonNullable<EvaluateRequest['sets']> => ({
    features: [chooseFeatures('pixels-pca', PLUGINS)],
    fakes: 8,
    reals: 100,
    ...defined({ against }),
  });

  it('judges fresh images as a set, and draws them beside the nearest real ones', async () => {
    const evaluation = await evaluate({ protocol: 'all', sets: sets() });
    expect(evaluation.sets).toHaveLength(1);
    expect(evaluation.sets![0]).toMatchObject({ images: { real: 8, fake: 8 } });
    expect(evaluation).not.toHaveProperty('against');
    expect(existsSync(join(runDir, 'nearest-real.png'))).toBe(true);
  });

  it('judges them against images that the run was not trained on', async () => {
    const own = await evaluate({ protocol: 'all', sets: sets() });
    rmSync(join(runDir, 'nearest-real.png'));
    const evaluation = await evaluate({ protocol: 'all', sets: sets('test') });
    expect(evaluation.against).toBe('test');
    expect(evaluation.sets![0]!.values).not.toEqual(own.sets![0]!.values);
    expect(existsSync(join(runDir, 'nearest-real.png'))).toBe(false);
    await expect(evaluate({ protocol: 'all', sets: sets('train') })).rejects.toThrow(
      'the run cannot be judged against train: it was trained on the part train itself',
    );
  });

  it.each([
    ['step-9', 'step-9'],
    ['newest', 'newest'],
  ])('refuses the checkpoint %s, and writes nothing', async (checkpoint, named) => {
    await expect(evaluate({ checkpoint })).rejects.toThrow(named);
    expect(existsSync(join(runDir, 'metrics.json'))).toBe(false);
  });

  it('refuses to judge a run whose data have changed since', async () => {
    const { record, ...opened } = await openRun(runDir);
    const other = { ...record, data: { ...record.data, fingerprint: 'another' } };
    await expect(
      withRunAtWork({ ...opened, record: other }, { reporter, signal }, () => Promise.resolve()),
    ).rejects.toThrow(`the data of ${runDir} have changed`);
  });
});
