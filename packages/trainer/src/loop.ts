import { defined } from '@medgan/files';
import type { Clock, PackedImages, Rng } from '@medgan/plugin-api';
import { batchAugmenter, type ChosenAugmentation } from './augment-batch.ts';
import { batches } from './batches.ts';
import type { Best, Evaluation } from './best-checkpoint.ts';
import type { Position } from './checkpoint.ts';
import type { Gan } from './gan.ts';
import { Pace, type Reporter } from './progress.ts';
import { readAhead } from './read-ahead.ts';
import { totalSteps, type RunConfig } from './run-config.ts';
import { RunFolder } from './run-folder.ts';
import { Sampler } from './sampler.ts';
import { inSeries, seriesLength } from './series.ts';
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
  /** `diverged`: a weight became NaN or infinite; the training ended there, without a checkpoint of it. */
  readonly state: 'finished' | 'interrupted' | 'diverged';
  readonly steps: number;
  readonly totalSteps: number;
  readonly final: LoggedValues | undefined;
  readonly stepsPerSecond: number | undefined;
  readonly seconds: number;
  /** The newest checkpoint; undefined when the run was interrupted before its first step. */
  readonly checkpoint: string | undefined;
  /** The best evaluation, whose checkpoint is kept too; undefined when the run was not evaluated. */
  readonly best: Best | undefined;
  /** Why the run diverged, where it did. */
  readonly reason?: string;
}

/** Trains a GAN: the whole of a run, batch by batch. */
export async function train(request: TrainRequest): Promise<TrainResult> {
  const { gan, config, images, rng, clock, reporter, signal } = request;
  const { logEvery, sampleEvery, checkpointEvery, evaluateEvery = Infinity } = config.cadence;
  const total = totalSteps(config, images.count);
  const runner = new StepRunner(gan, rng);
  const augment = request.augmentations && batchAugmenter(request.augmentations, { format: images, rng });
  const shown = { ...gan, generator: (gan.averaged ?? gan).generator };
  const sampler = new Sampler(shown, config.sampleCount, rng);
  const pace = new Pace(clock);
  const folder = await RunFolder.open(request, total);
  const { log, best, divergence } = folder;

  await folder.writeStatus('running');
  const compileStart = clock.monotonic();
  await runner.prepare(Math.min(config.batchSize, images.count));
  reporter.onCompiled(clock.monotonic() - compileStart);

  const interrupted = (): boolean => signal?.aborted === true;
  const left = inSeries(batches(config, images, { rng, done: log.lines.length }), {
    length: seriesLength(gan.engine, config, images),
    updates: config.discriminatorSteps ?? 1,
    pausesAfter: (step) => [sampleEvery, checkpointEvery, evaluateEvery].some((n) => step % n === 0),
  });
  for await (const series of readAhead(images, interrupted() ? [] : left, augment)) {
    if (series[0]!.update === 1) pace.begin();
    const trained = await runner.run(series);
    if (trained.length === 0) continue;
    pace.end(trained.length);
    for (const { step, epoch, values: own } of trained) {
      const values = { ...own, ...(await best.judge(step, () => sampler.draw())) };
      log.add({ step, epoch, time: clock.now(), values });
      const { stepsPerSecond } = pace;
      const at = { step, totalSteps: total, epoch, epochs: config.epochs };
      reporter.onStep({ ...at, values, stepsPerSecond, secondsLeft: pace.secondsFor(total - step) });
    }
    const { step } = trained.at(-1)!;
    await divergence.see(trained);
    if (interrupted() || step === total || divergence.reason !== undefined) break;
    if (trained.some((each) => each.step % logEvery === 0)) log.flush();
    if (step % sampleEvery === 0) await folder.draw(await sampler.draw());
    if (step % checkpointEvery === 0 || step === best.step) await folder.save();
    if (divergence.reason !== undefined) break;
  }

  const last = log.lines.at(-1);
  await folder.save();
  const { reason } = divergence;
  const state = reason !== undefined ? 'diverged' : (last?.step ?? 0) < total ? 'interrupted' : 'finished';
  if (state === 'finished') {
    await folder.draw(await sampler.draw());
    await folder.drawBeside(images, await sampler.draw());
  }
  await folder.writeStatus(state);
  return {
    state,
    steps: last?.step ?? 0,
    totalSteps: total,
    final: last?.values,
    stepsPerSecond: pace.stepsPerSecond,
    seconds: folder.seconds,
    checkpoint: folder.checkpoint,
    best: best.record,
    ...defined({ reason }),
  };
}
