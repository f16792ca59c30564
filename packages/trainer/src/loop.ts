import { defined } from '@medgan/files';
import { batchAugmenter } from './augment-batch.ts';
import { batches } from './batches.ts';
import type { Best } from './evaluation.ts';
import { Pace } from './progress.ts';
import { readAhead } from './read-ahead.ts';
import { totalSteps } from './run-config.ts';
import { RunFolder } from './run-folder.ts';
import { Sampler } from './sampler.ts';
import { inSeries, seriesLength } from './series.ts';
import { StepRunner, type LoggedValues } from './step-runner.ts';
import type { TrainRequest } from './train-request.ts';

/** How a run ended. */
export interface TrainResult {
  /** `diverged`: a weight became NaN or infinite; the training ended there, without a checkpoint of it. */
  readonly state: 'finished' | 'interrupted' | 'diverged';
  readonly steps: number;
  readonly totalSteps: number;
  readonly final: LoggedValues | undefined;
  readonly stepsPerSecond: number | undefined;
  /** Of all attempts together. */
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
  const shown = { ...gan, generator: gan.averaged?.network ?? gan.generator };
  const sampler = new Sampler(shown, config.sampleCount, rng);
  const pace = new Pace(clock);
  const folder = await RunFolder.open(request, total);
  const { log, best, divergence } = folder;

  await folder.writeStatus('running');
  const compileStart = clock.monotonic();
  await runner.prepare(Math.min(config.batchSize, images.count));
  reporter.onCompiled(clock.monotonic() - compileStart);

  const interrupted = (): boolean => signal?.aborted === true;
  const left = batches(config, images, { rng, done: request.resumeFrom?.position.step ?? 0 });
  const allSeries = inSeries(left, {
    length: seriesLength(gan.engine, config, images),
    updates: config.discriminatorSteps ?? 1,
    pausesAfter: (step) => [sampleEvery, checkpointEvery, evaluateEvery].some((n) => step % n === 0),
  });
  for await (const series of readAhead(images, interrupted() ? [] : allSeries, augment)) {
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
    if (trained.some((each) => each.step % logEvery === 0)) await log.flush();
    if (step % sampleEvery === 0) await folder.draw(await sampler.draw());
    if (step % checkpointEvery === 0 || step === best.step) await folder.save();
    if (divergence.reason !== undefined) break;
  }

  const last = log.lines.at(-1);
  await folder.save();
  const { reason } = divergence;
  const state = reason !== undefined ? 'diverged' : (last?.step ?? 0) < total ? 'interrupted' : 'finished';
  if (state === 'finished') await folder.drawFinished(await sampler.draw());
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
