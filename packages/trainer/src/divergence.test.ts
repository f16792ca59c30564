import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OnnxEngine } from '@medgan/engine';
import { createRng } from '@medgan/plugin-api';
import { restoreCheckpoint } from './checkpoint.ts';
import { chooseCheckpoint } from './choose-checkpoint.ts';
import { buildGan, type Gan } from './gan.ts';
import { train, type TrainResult } from './loop.ts';
import type { EvaluatedStep } from './progress.ts';
import type { RunConfig } from './run-config.ts';
import { STILL, TOY_JUDGED_RUN, TOY_PLUGINS, toyImages } from './toy-gan.testing.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medgan-diverged-'));
  await mkdir(join(folder, 'run'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const CONFIG: RunConfig = {
  ...TOY_JUDGED_RUN,
  cadence: { ...TOY_JUDGED_RUN.cadence, keepCheckpoints: 1 },
};

interface Trained {
  readonly result: TrainResult;
  readonly warnings: readonly string[];
  readonly evaluated: readonly EvaluatedStep[];
}

/** Trains 20 steps whose images are ever worse; `poison` is called after a step, with the GAN. */
async function run(poison: (gan: Gan, step: number) => void, resume = false): Promise<Trained> {
  const runDir = join(folder, 'run');
  const engine = new OnnxEngine({ threads: 1 });
  const rng = createRng(CONFIG.seed);
  const gan = buildGan(engine, { ...CONFIG, ...TOY_PLUGINS }, rng.split('init'));
  const warnings: string[] = [];
  const evaluated: EvaluatedStep[] = [];
  const newest = resume ? await chooseCheckpoint(runDir, 'last') : undefined;
  try {
    const result = await train({
      gan,
      config: CONFIG,
      images: toyImages(10),
      runDir,
      rng: rng.split('train'),
      clock: STILL,
      reporter: {
        onCompiled: () => undefined,
        onFile: () => undefined,
        onStep: ({ step }) => poison(gan, step),
        onEvaluated: (each) => evaluated.push(each),
        onWarning: (message) => warnings.push(message),
      },
      evaluation: {
        metric: { name: 'score', direction: 'higher' },
        evaluate: () => Promise.resolve({ score: -evaluated.length }),
      },
      ...(newest
        ? { resumeFrom: { position: await restoreCheckpoint(gan, newest.path), path: newest.path } }
        : {}),
    });
    return { result, warnings, evaluated };
  } finally {
    await engine.dispose();
  }
}

const spoil =
  (which: 'generatorParameters' | 'discriminatorParameters', at: number) =>
  (gan: Gan, step: number): void => {
    if (step !== at) return;
    const { variable } = gan[which].list()[0]!;
    gan.engine.write(variable, new Float32Array(variable.size).fill(NaN));
  };

const checkpoints = (): Promise<string[]> => readdir(join(folder, 'run', 'checkpoints'));
const status = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(folder, 'run', 'status.json'), 'utf8')) as Record<string, unknown>;

describe('a training that diverges', () => {
  it('ends at the first loss that is NaN, with one warning, and keeps its good checkpoints', async () => {
    const { result, warnings } = await run(spoil('discriminatorParameters', 7));
    expect(result).toMatchObject({
      state: 'diverged',
      steps: 8,
      reason: 'loss/discriminator is NaN at step 8',
      best: { step: 2 },
    });
    expect(warnings).toMatchInlineSnapshot(`
      [
        "loss/discriminator is NaN at step 8: the training diverged; it ends here, and the checkpoints before it are kept
        cure: lower learning_rate, or try another objective or beta_adam; evaluate_every: keeps the best checkpoint",
      ]
    `);
    expect((await checkpoints()).sort()).toEqual(['step-0000002', 'step-0000006']);
    expect(result.checkpoint).toBe(join(folder, 'run', 'checkpoints', 'step-0000006'));
    expect(await status()).toMatchObject({ state: 'diverged', step: 8, reason: result.reason });
    const log = (await readFile(join(folder, 'run', 'log.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(log).toHaveLength(8);
    expect(log.at(-1)).toContain('"loss/discriminator":"NaN"');
  });

  it('writes no checkpoint of broken weights where the losses do not show it yet', async () => {
    const { result } = await run(spoil('generatorParameters', 9));
    expect(result).toMatchObject({ state: 'diverged', steps: 9 });
    expect(result.reason).toBe('generator weight holds NaN after step 9');
    expect(await checkpoints()).not.toContain('step-0000009');
  });

  it('can be taken up again from the last good checkpoint', async () => {
    await run(spoil('discriminatorParameters', 7));
    const { result, warnings } = await run(() => undefined, true);
    expect(result).toMatchObject({ state: 'finished', steps: 20, best: { step: 2 } });
    expect(result).not.toHaveProperty('reason');
    expect(warnings).toEqual([]);
    expect(await status()).not.toHaveProperty('reason');
  });

  it('has no figure where the generator gives NaN', async () => {
    const { evaluated } = await run(spoil('generatorParameters', 5));
    expect(evaluated.map(({ step }) => step)).toEqual([2, 4, 6]);
    expect(evaluated[2]).toMatchObject({ values: {}, reason: 'the generator gives NaN in image 0' });
    expect(evaluated[2]!.best).toMatchObject({ step: 2 });
  });
});
