import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '@medgan/engine';
import type { Clock, PackedImages, Rng } from '@medgan/plugin-api';
import { batchAugmenter, type ChosenAugmentation } from './augment-batch.ts';
import { batches } from './batches.ts';
import { BestCheckpoint, type Best, type Evaluation } from './best-checkpoint.ts';
import { writeCheckpoint, type Position } from './checkpoint.ts';
import type { Gan } from './gan.ts';
import { RunLog } from './log.ts';
import { Pace, type Reporter } from './progress.ts';
import { drawLossCurve, drawRealFakeGrid, drawSamples } from './pictures.ts';
import { readAhead } from './read-ahead.ts';
import { inSeries } from './series.ts';
import { totalSteps, type RunConfig } from './run-config.ts';
import { Sampler } from './sampler.ts';
import { writeStatus } from './status.ts';
import { StepRunner, type LoggedValues } from './step-runner.ts';

/** What a run needs. The run folder exists and holds the configuration already. */
export interface TrainRequest {
  readonly gan: Gan;
  readonly config: RunConfig;
  readonly images: PackedImages;
  readonly runDir: string;
  readonly rng: Rng;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Judges the images every `cadence.evaluateEvery` steps. */
  readonly evaluation?: Evaluation;
  /** Changes of the training images, in this order; those that `config.augment` names. */
  readonly augmentations?: readonly ChosenAugmentation[];
  /** A checkpoint already restored into `gan`, to go on from. */
  readonly resumeFrom?: { readonly position: Position; readonly path: string };
  /** Aborting it ends the run after the step in progress, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/** How a run ended. */
export interface TrainResult {
  readonly state: 'finished' | 'interrupted';
  readonly steps: number;
  readonly totalSteps: number;
  readonly final: LoggedValues | undefined;
  readonly stepsPerSecond: number | undefined;
  readonly seconds: number;
  /** The newest checkpoint; undefined when the run was interrupted before its first step. */
  readonly checkpoint: string | undefined;
  /** The best evaluation, whose checkpoint is kept too; undefined when the run was not evaluated. */
  readonly best: Best | undefined;
}

/** Bytes of images, as the networks take them, that are prepared for one call. */
const SERIES_BYTES = 2 ** 27;

/** Batches a call: as many as the engine likes, as far as their images leave room. */
function seriesLength(engine: Engine, { batchSize }: RunConfig, images: PackedImages): number {
  const batchBytes = Float32Array.BYTES_PER_ELEMENT * batchSize * images.size ** 2 * images.channels;
  return Math.max(1, Math.min(engine.stepsPerCall, Math.floor(SERIES_BYTES / batchBytes)));
}

/** Trains a GAN: the whole of a run, batch by batch. */
export async function train(request: TrainRequest): Promise<TrainResult> {
  const { gan, config, images, runDir, rng, clock, reporter, signal } = request;
  const total = totalSteps(config, images.count);
  const runner = new StepRunner(gan, rng);
  const augment = request.augmentations && batchAugmenter(request.augmentations, { format: images, rng });
  const sampler = new Sampler(
    { ...gan, generator: (gan.averaged ?? gan).generator },
    config.sampleCount,
    rng,
  );
  const done = request.resumeFrom?.position.step ?? 0;
  const log = new RunLog(runDir, done);
  const pace = new Pace(clock);
  const start = clock.monotonic();
  const seconds = (): number => (clock.monotonic() - start) / 1000;
  await mkdir(join(runDir, 'samples'), { recursive: true });
  const best = await BestCheckpoint.open(
    { ...request, every: config.cadence.evaluateEvery, totalSteps: total },
    log.lines,
  );

  let last: (Position & { values: LoggedValues }) | undefined = log.lines.at(-1);
  let checkpoint = request.resumeFrom?.path;

  const wrote = (name: string): void => reporter.onFile(join(runDir, name));
  const status = (state: 'running' | TrainResult['state']): Promise<void> =>
    writeStatus(runDir, {
      state,
      step: last?.step ?? 0,
      totalSteps: total,
      epoch: last?.epoch ?? 0,
      seconds: seconds(),
      ...(best.record ? { best: best.record } : {}),
    });
  const save = async (): Promise<void> => {
    if (!last || last.step === done) return;
    log.flush();
    checkpoint = await writeCheckpoint(runDir, gan, { ...last, lastGood: checkpoint });
    await best.prune(config.cadence.keepCheckpoints);
    await status('running');
  };
  const draw = async (step: number): Promise<void> => {
    wrote(await drawSamples(runDir, await sampler.draw(), step));
    for (const name of await drawLossCurve(runDir, log.lines)) wrote(name);
  };

  await status('running');
  const compileStart = clock.monotonic();
  await runner.prepare(Math.min(config.batchSize, images.count));
  reporter.onCompiled(clock.monotonic() - compileStart);

  const interrupted = (): boolean => signal?.aborted === true;
  if (!interrupted()) {
    const { sampleEvery, checkpointEvery, evaluateEvery = Infinity, logEvery } = config.cadence;
    const allSeries = inSeries(batches(config, images, { rng, done }), {
      length: seriesLength(gan.engine, config, images),
      updates: config.discriminatorSteps ?? 1,
      pausesAfter: (step) => [sampleEvery, checkpointEvery, evaluateEvery].some((n) => step % n === 0),
    });
    for await (const series of readAhead(images, allSeries, augment)) {
      if (series[0]!.update === 1) pace.begin();
      const trained = await runner.run(series);
      if (trained.length === 0) continue;
      pace.end(trained.length);
      for (const { step, epoch, values: own } of trained) {
        const values = { ...own, ...(await best.judge(step, () => sampler.draw())) };
        last = { step, epoch, values };
        log.add({ step, epoch, time: clock.now(), values });
        const { stepsPerSecond } = pace;
        const secondsLeft = stepsPerSecond === undefined ? undefined : (total - step) / stepsPerSecond;
        const at = { step, totalSteps: total, epoch, epochs: config.epochs };
        reporter.onStep({ ...at, values, stepsPerSecond, secondsLeft });
      }
      if (interrupted()) break;
      const { step } = trained.at(-1)!;
      if (trained.some((each) => each.step % logEvery === 0)) log.flush();
      if (step % sampleEvery === 0 && step !== total) await draw(step);
      const isKept = step % checkpointEvery === 0 || step === best.step;
      if (isKept && step !== total) await save();
    }
  }

  const state = (last?.step ?? 0) < total ? 'interrupted' : 'finished';
  await save();
  if (state === 'finished' && last) {
    await draw(last.step);
    wrote(await drawRealFakeGrid(runDir, images, await sampler.draw()));
  }
  await status(state);
  return {
    state,
    steps: last?.step ?? 0,
    totalSteps: total,
    final: last?.values,
    stepsPerSecond: pace.stepsPerSecond,
    seconds: seconds(),
    checkpoint,
    best: best.record,
  };
}
