import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OnnxEngine } from '@medgan/engine';
import { createRng, type Direction } from '@medgan/plugin-api';
import { readBest } from './best-checkpoint.ts';
import { restoreCheckpoint } from './checkpoint.ts';
import { chooseCheckpoint } from './choose-checkpoint.ts';
import { buildGan } from './gan.ts';
import { train, type TrainResult } from './loop.ts';
import type { EvaluatedStep } from './progress.ts';
import { STILL, TOY_JUDGED_RUN, TOY_PLUGINS, toyImages } from './toy-gan.testing.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medgan-best-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const CONFIG = TOY_JUDGED_RUN;

interface RunOptions {
  readonly dir: string;
  /** Scores of steps 2, 4, … 20, in this order. */
  readonly scores: readonly number[];
  readonly direction?: Direction;
  /** End after this step, as Ctrl-C does. */
  readonly stopAt?: number;
  readonly resume?: boolean;
}

/** Trains 20 steps whose images are given these scores, whatever they look like. */
async function run({ dir, scores, direction = 'higher', ...how }: RunOptions): Promise<{
  result: TrainResult;
  evaluated: EvaluatedStep[];
}> {
  const engine = new OnnxEngine({ threads: 1 });
  const rng = createRng(CONFIG.seed);
  const gan = buildGan(engine, { ...CONFIG, ...TOY_PLUGINS }, rng.split('init'));
  const controller = new AbortController();
  const evaluated: EvaluatedStep[] = [];
  await mkdir(dir, { recursive: true });
  const newest = how.resume ? await chooseCheckpoint(dir, 'last') : undefined;
  try {
    const result = await train({
      gan,
      config: CONFIG,
      images: toyImages(10),
      runDir: dir,
      rng: rng.split('train'),
      clock: STILL,
      reporter: {
        onCompiled: () => undefined,
        onFile: () => undefined,
        onStep: (progress) => {
          if (progress.step === how.stopAt) controller.abort();
        },
        onEvaluated: (step) => evaluated.push(step),
      },
      signal: controller.signal,
      evaluation: {
        metric: { name: 'score', direction },
        evaluate: ({ count, pixels }) => {
          expect([count, pixels.length]).toEqual([4, 4 * 16]);
          const before = evaluated.at(-1)?.step ?? newest?.step ?? 0;
          const step = before - (before % 2) + 2;
          return Promise.resolve({ score: scores[step / 2 - 1]!, other: step });
        },
      },
      ...(newest
        ? { resumeFrom: { position: await restoreCheckpoint(gan, newest.path), path: newest.path } }
        : {}),
    });
    return { result, evaluated };
  } finally {
    await engine.dispose();
  }
}

const checkpoints = async (dir: string): Promise<string[]> =>
  (await readdir(join(dir, 'checkpoints'))).sort();
const RISE_AND_FALL = [0.1, 0.2, 0.5, 0.4, 0.3, 0.3, 0.2, 0.2, 0.1, 0.1];

describe('the best checkpoint', () => {
  it('outlives the pruning that leaves the two newest, and is reported beside the last', async () => {
    const { result, evaluated } = await run({ dir: folder, scores: RISE_AND_FALL });
    expect(await checkpoints(folder)).toEqual(['step-0000006', 'step-0000018', 'step-0000020']);
    const best = { metric: 'score', direction: 'higher', step: 6, value: 0.5 };
    expect(result).toMatchObject({ state: 'finished', steps: 20, best });
    expect(result.checkpoint).toMatch(/step-0000020$/);
    expect(await readBest(folder)).toEqual(best);
    expect(JSON.parse(await readFile(join(folder, 'status.json'), 'utf8'))).toMatchObject({ step: 20, best });
    expect(evaluated.map(({ step }) => step)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
    expect((await chooseCheckpoint(folder, 'best')).step).toBe(6);
    expect((await chooseCheckpoint(folder, 'last')).step).toBe(20);
    expect((await chooseCheckpoint(folder, 'step-18')).step).toBe(18);
    await expect(chooseCheckpoint(folder, 'step-7')).rejects.toMatchObject({
      message: expect.stringContaining('has no checkpoint "step-7"'),
      cure: 'choose best, last, step-6, step-18, step-20',
    });
  });

  it('is the least one where lower is better, the first of equals, and never one that is no number', async () => {
    const scores = [NaN, 0.3, 0.2, 0.2, Infinity, 0.4, 0.3, NaN, 0.5, 0.6];
    const { result } = await run({ dir: folder, scores, direction: 'lower' });
    expect(result.best).toEqual({ metric: 'score', direction: 'lower', step: 6, value: 0.2 });
  });

  it('logs the figures of the steps that are evaluated, and of no others', async () => {
    await run({ dir: folder, scores: RISE_AND_FALL });
    const lines = (await readFile(join(folder, 'log.jsonl'), 'utf8')).trimEnd().split('\n');
    const scores = lines.map((line) => (JSON.parse(line) as Record<string, number>)['metric/score']);
    expect(scores).toEqual(RISE_AND_FALL.flatMap((score) => [undefined, score]));
  });

  it.each([5, 6, 7, 12, 19])(
    'is the same for a run stopped after step %i and resumed as for one that never stopped',
    async (stopAt) => {
      const [unbroken, broken] = [join(folder, 'unbroken'), join(folder, 'broken')];
      await run({ dir: unbroken, scores: RISE_AND_FALL });
      const first = await run({ dir: broken, scores: RISE_AND_FALL, stopAt });
      expect(first.result).toMatchObject({ state: 'interrupted', steps: stopAt });
      const { result } = await run({ dir: broken, scores: RISE_AND_FALL, resume: true });
      expect(result.best).toEqual({ metric: 'score', direction: 'higher', step: 6, value: 0.5 });
      for (const name of ['log.jsonl', 'best.json', 'checkpoints/step-0000006/generator.safetensors']) {
        expect(await readFile(join(broken, name)), name).toEqual(await readFile(join(unbroken, name)));
      }
    },
  );

  it('is forgotten when its checkpoint was removed by hand', async () => {
    await run({ dir: folder, scores: RISE_AND_FALL, stopAt: 13 });
    await rm(join(folder, 'checkpoints/step-0000006'), { recursive: true });
    const { result } = await run({ dir: folder, scores: RISE_AND_FALL, resume: true });
    expect(result.best).toMatchObject({ step: 14, value: 0.2 });
    expect(await checkpoints(folder)).toContain('step-0000014');
  });
});

it('a run that is not evaluated has no best checkpoint', async () => {
  await expect(chooseCheckpoint(folder, 'last')).rejects.toThrow('holds no checkpoint');
  expect(await readBest(folder)).toBeUndefined();
});
