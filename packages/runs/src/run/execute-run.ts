import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { resolveEngine, type Engine, type Resolution } from '@medgan/engine';
import {
  MedganError,
  createRng,
  writeFileAtomically,
  type PackedImages,
  type Rng,
  type Plugins,
  RUN_FILES,
  TRIAL_FILES,
} from '@medgan/plugin-api';
import {
  buildGan,
  listCheckpoints,
  listPartialCheckpoints,
  lockRun,
  restoreCheckpoint,
  train,
  type Gan,
  type Reporter,
  type TrainRequest,
  type TrainResult,
} from '@medgan/trainer';
import { averagedText } from './averaged-text.ts';
import type { ControlFile } from '../control/control-schema.ts';
import { judgeWhileTraining } from '../evaluation/judge-while-training.ts';
import { ganSpec } from '../control/gan-spec.ts';
import type { ResolvedRun } from '../control/resolve-control.ts';
import { guardResume, readRunRecord, type RunRecord } from './resume-guard.ts';
import { systemClock } from './system-clock.ts';
import { versions } from './versions.ts';

/** What is shown while a run is prepared and trained. */
export interface RunReporter extends Reporter {
  onNote(message: string): void;
  onWarning(message: string): void;
  onData(done: number, total: number): void;
}

/** What to do when the run folder holds a run already. */
export type Existing =
  | { readonly kind: 'refuse' }
  | { readonly kind: 'replace' }
  /** Go on from its newest checkpoint; `extended` names the control keys that may differ. */
  | { readonly kind: 'resume'; readonly extended: readonly string[] };

export interface ExecuteRequest {
  readonly control: ControlFile;
  readonly run: ResolvedRun;
  readonly plugins: Plugins;
  readonly reporter: RunReporter;
  readonly signal: AbortSignal;
  readonly existing: Existing;
  /** Starts what follows the run folder while it grows, once its record is written. */
  readonly follow?: ((runDir: string) => RunFollower | undefined) | undefined;
}

/** What follows a run folder while it grows. */
export interface RunFollower {
  /** Called when training has ended, however it ended. */
  end(): Promise<void>;
}

/** Opens the images of a run. */
export function openImages(
  run: ResolvedRun,
  reporter: RunReporter,
  { rng, signal }: { rng: Rng; signal: AbortSignal },
): Promise<PackedImages> {
  const { dataset, options, path, ...rest } = run.data;
  const { imageSize, channels } = run.config.sizes;
  return dataset.open(
    { ...options, ...(path === undefined ? {} : { path }) },
    {
      ...rest,
      format: { size: imageSize, channels: channels as 1 | 3 },
      rng,
      signal,
      onProgress: (done, total) => reporter.onData(done, total),
      onWarning: (message) => reporter.onWarning(message),
    },
  );
}

/** Starts the engine that is asked for, saying once when a GPU was wanted and none can be used. */
export async function startRunEngine(
  { engines, threads, wantsGpu }: Pick<ResolvedRun, 'engines' | 'threads' | 'wantsGpu'>,
  reporter: Pick<RunReporter, 'onWarning'>,
): Promise<Resolution> {
  const resolution = await resolveEngine(engines, { threads, monotonic: () => systemClock.monotonic() });
  if (wantsGpu && resolution.engine.name === 'onnx' && resolution.engine.device.startsWith('CPU')) {
    const reasons = resolution.passedOver.map(({ engine, reason }) => `${engine}: ${reason}`).join('; ');
    reporter.onWarning(
      `n_gpu asks for a GPU, but none can be used here (${reasons}); computing on ${resolution.engine.device}`,
    );
  }
  return resolution;
}

async function writeRecord(runDir: string, record: RunRecord): Promise<void> {
  await writeFileAtomically(
    join(runDir, RUN_FILES.record),
    dump(record, { noRefs: true, skipInvalid: true }),
  );
}

/** The newest checkpoint put into the GAN, or undefined when the run never got that far. */
async function restore(gan: Gan, runDir: string, reporter: RunReporter): Promise<TrainRequest['resumeFrom']> {
  for (const name of await listPartialCheckpoints(runDir)) {
    reporter.onNote(`half-written checkpoint ${name} is ignored`);
  }
  const newest = (await listCheckpoints(runDir)).at(-1);
  if (!newest) {
    reporter.onNote('no checkpoint yet; starting from the beginning');
    return undefined;
  }
  const position = await restoreCheckpoint(gan, newest.path);
  reporter.onNote(`resuming after step ${position.step}`);
  return { position, path: newest.path };
}

/** Trains one run into its folder. Everything that can be refused is refused before the folder is touched. */
export async function executeRun(request: ExecuteRequest): Promise<TrainResult> {
  const { run, existing, signal, reporter } = request;
  const { config, runDir } = run;
  const record = existing.kind === 'resume' ? await readRunRecord(runDir) : undefined;
  if (existing.kind === 'refuse' && existsSync(join(runDir, RUN_FILES.status))) {
    throw new MedganError(`${runDir} already holds a run`, {
      cure: 'go on with it: --resume; replace it: --force; or choose another run: name',
    });
  }
  const rng = createRng(config.seed);
  const images = await openImages(run, reporter, { rng: rng.split('data'), signal });
  try {
    const { engine } = await startRunEngine(run, reporter);
    try {
      if (record && existing.kind === 'resume') {
        guardResume(
          record,
          { config, images, engine: { name: engine.name, threads: run.threads } },
          existing.extended,
        );
      }
      return await trainIn({ ...request, engine, images, rng });
    } finally {
      await engine.dispose();
    }
  } finally {
    await images.close();
  }
}

async function trainIn(
  request: ExecuteRequest & { engine: Engine; images: PackedImages; rng: Rng },
): Promise<TrainResult> {
  const { control, run, plugins, reporter, signal, existing, engine, images, rng } = request;
  const { config, runDir } = run;
  reporter.onNote(
    `${images.count} images of ${images.classes.join(', ')} at ${images.size} px; ` +
      `${config.architecture.name}, ${config.objective.name}; ${engine.name} on ${engine.device}` +
      (config.ema === undefined ? '' : `; images by ${averagedText(config.ema)}`),
  );
  const gan = buildGan(engine, ganSpec(config, plugins), rng.split('init'));
  const unlock = await lockRun(runDir);
  let follower: RunFollower | undefined;
  try {
    if (existing.kind === 'replace') await emptyFolder(runDir);
    await writeRecord(runDir, {
      control,
      resolved: config,
      engine: { name: engine.name, device: engine.device, threads: run.threads },
      data: {
        fingerprint: images.fingerprint,
        images: images.count,
        classes: [...images.classes],
        skipped: images.skipped.length,
      },
      versions: versions(),
    });
    const resumeFrom = existing.kind === 'resume' ? await restore(gan, runDir, reporter) : undefined;
    const judge = run.figure && judgeWhileTraining(run.figure, images, config.seed);
    follower = request.follow?.(runDir);
    return await train({
      gan,
      config,
      images,
      runDir,
      rng: rng.split('train'),
      clock: systemClock,
      reporter,
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

/** What is there already for the run that begins: the lock that was just taken, and what its study knows of it. */
const OF_THIS_RUN: readonly string[] = [RUN_FILES.lock, TRIAL_FILES.trial, TRIAL_FILES.log];

/** Removes a former run. */
async function emptyFolder(runDir: string): Promise<void> {
  for (const name of await readdir(runDir)) {
    if (!OF_THIS_RUN.includes(name)) await rm(join(runDir, name), { recursive: true, force: true });
  }
}
