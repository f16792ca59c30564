import { createRng, type Plugins, type Rng } from '@medgan/plugin-api';
import {
  buildGan,
  listCheckpoints,
  lockRun,
  restoreCheckpoint,
  train,
  type Gan,
  type TrainRequest,
  type TrainResult,
} from '@medgan/trainer';
import { someOf } from '@medgan/files';
import type { ControlFile } from '../control/control-schema.ts';
import { ganSpec } from '../control/gan-spec.ts';
import type { ResolvedRun } from '../control/resolve-control.ts';
import { judgeWhileTraining } from '../evaluation/judge-while-training.ts';
import { averagedText } from './averaged-text.ts';
import type { RunAtWork } from './opened-run.ts';
import { countsText, imagesPerClass } from './images-per-class.ts';
import { guardResume } from './resume-guard.ts';
import { requireDataFolder } from './moved-data.ts';
import { openImages } from './run-data.ts';
import { computedAsBegun, noteSlowerEngine, startRunEngine } from './run-engine.ts';
import { checkRunPlace, removeFormerRun, removeUnfinished } from './run-place.ts';
import { RecordWriter } from './record-writer.ts';
import { readRunRecord, type RunRecord } from './run-record.ts';
import { runPictures } from './run-pictures.ts';
import type { RunContext, RunReporter } from './run-reporter.ts';
import { systemClock } from './system-clock.ts';
import { versions } from './versions.ts';

/** What to do when the run folder holds a run already. */
export type Existing =
  | { readonly kind: 'refuse' }
  | { readonly kind: 'replace' }
  /** Go on from its newest checkpoint; `extended` names the control keys that may differ. */
  | { readonly kind: 'resume'; readonly extended: readonly string[] };

/** What is to be trained, resolved, and with what. */
export interface ExecuteRequest extends RunContext {
  readonly control: ControlFile;
  readonly run: ResolvedRun;
  readonly plugins: Plugins;
  readonly existing: Existing;
  /** Starts what follows the run folder while it grows, once its record is written. */
  readonly follow?: ((runDir: string) => RunFollower | undefined) | undefined;
  /** Called when the run has finished, while its data and its engine are still open. */
  readonly onFinished?: ((run: RunAtWork, trained: TrainResult) => Promise<void>) | undefined;
}

/** What follows a run folder while it grows. */
interface RunFollower {
  /** Called when training has ended, however it ended. */
  end(): Promise<void>;
}

/** Trains one run into its folder. Everything that can be refused is refused before the folder is touched. */
export async function executeRun(request: ExecuteRequest): Promise<TrainResult> {
  const { control, existing, plugins, reporter } = request;
  const { config, runDir } = request.run;
  const former = existing.kind === 'resume' ? await readRunRecord(runDir) : undefined;
  const run = former ? computedAsBegun(request.run, { control, begun: former.engine }) : request.run;
  if (existing.kind !== 'resume') {
    await checkRunPlace({ runDir, images: run.data.path, replace: existing.kind === 'replace' });
  }
  if (former) requireDataFolder(run, runDir);
  const images = await openImages(run, request);
  try {
    const writer = new RecordWriter(runDir, former);
    const onFallback = (reason: string): void => writer.fallsBack(reason);
    const resolution = await startRunEngine({ ...run, onFallback }, reporter);
    const { engine } = resolution;
    try {
      noteSlowerEngine(resolution, reporter);
      const record: RunRecord = {
        control,
        resolved: config,
        engine: {
          name: engine.name,
          device: engine.device,
          threads: run.threads,
          ...(engine.name === 'native' && { precision: run.precision ?? 'default' }),
        },
        data: {
          fingerprint: images.fingerprint,
          images: images.count,
          classes: [...images.classes],
          perClass: imagesPerClass(images),
          skipped: images.skipped.length,
        },
        versions: versions(),
      };
      if (former && existing.kind === 'resume') guardResume(former, record, existing.extended);
      const atWork = { runDir, record, control, plugins, run, images, engine };
      return await trainAndJudge(atWork, { ...request, writer });
    } finally {
      await engine.dispose();
      await writer.end();
    }
  } finally {
    await images.close();
  }
}

/** A request, and what keeps the record of its run. */
type Recorded = ExecuteRequest & { readonly writer: RecordWriter };

async function trainAndJudge(run: RunAtWork, request: Recorded): Promise<TrainResult> {
  const { images, engine } = run;
  const { resolved: config } = run.record;
  request.reporter.onNote(
    `${countsText(images)} at ${images.size} px; ` +
      `${config.architecture.name}, ${config.objective.name}; ${engine.name} on ${engine.device}` +
      (config.ema === undefined ? '' : `; images by ${averagedText(config.ema)}`),
  );
  const rng = createRng(config.seed);
  const gan = buildGan(engine, ganSpec(config, run.plugins), rng.split('init'));
  const trained = await trainLocked(run, { ...request, gan, rng: rng.split('train') });
  if (trained.state === 'finished') await request.onFinished?.(run, trained);
  return trained;
}

/** Trains while this process holds the lock of the run's folder. */
async function trainLocked(
  { runDir, record, plugins, run, images }: RunAtWork,
  request: Recorded & { readonly gan: Gan; readonly rng: Rng },
): Promise<TrainResult> {
  const { gan, rng, reporter, signal, existing, writer } = request;
  const { resolved: config } = record;
  const unlock = await lockRun(runDir);
  let follower: RunFollower | undefined;
  try {
    if (existing.kind === 'replace') await removeFormerRun(runDir);
    await writer.begin(record);
    const resumeFrom = existing.kind === 'resume' ? await restore(gan, runDir, reporter) : undefined;
    const judge = run.figure && judgeWhileTraining(run.figure, images, config.seed);
    follower = request.follow?.(runDir);
    return await train({
      gan,
      config,
      images,
      runDir,
      rng,
      clock: systemClock,
      reporter,
      pictures: runPictures(runDir),
      signal,
      ...(config.augment
        ? {
            augmentations: config.augment.map(({ name, options }) => ({
              augmentation: plugins.augmentations.get(name),
              options,
            })),
          }
        : {}),
      ...(resumeFrom ? { resumeFrom } : {}),
      ...(judge ? { evaluation: judge } : {}),
    }).finally(() => judge?.close());
  } finally {
    await unlock();
    await follower?.end();
  }
}

/** The newest checkpoint put into the GAN, or undefined when the run never got that far. */
async function restore(gan: Gan, runDir: string, reporter: RunReporter): Promise<TrainRequest['resumeFrom']> {
  const left = await removeUnfinished(runDir);
  if (left.length > 0) reporter.onNote(`half-written files of the run are removed: ${someOf(left)}`);
  const newest = (await listCheckpoints(runDir)).at(-1);
  if (!newest) {
    reporter.onNote('no checkpoint yet; starting from the beginning');
    return undefined;
  }
  const position = await restoreCheckpoint(gan, newest.path);
  reporter.onNote(`resuming after step ${position.step}`);
  return { position, path: newest.path };
}
