import { mkdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { resolveEngine, type Resolution } from '@medgan/engine';
import { MedganError, createRng, writeFileAtomically, type PackedImages, type Rng } from '@medgan/plugin-api';
import { buildGan, train, type Reporter, type TrainResult } from '@medgan/trainer';
import type { ControlFile } from './control-schema.ts';
import type { Plugins } from './plugins.ts';
import type { ResolvedRun } from './resolve-control.ts';
import { systemClock } from './system-clock.ts';
import { versions } from './versions.ts';

/** What is shown while a run is prepared and trained. */
export interface RunReporter extends Reporter {
  onNote(message: string): void;
  onWarning(message: string): void;
  onData(done: number, total: number): void;
}

export interface ExecuteRequest {
  readonly control: ControlFile;
  readonly run: ResolvedRun;
  readonly plugins: Plugins;
  readonly reporter: RunReporter;
  readonly signal: AbortSignal;
  /** Replace what lies in the run folder. */
  readonly force: boolean;
}

/** Opens the images of a run. */
export function openImages(
  run: ResolvedRun,
  reporter: RunReporter,
  rng: Rng,
  signal: AbortSignal,
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

/** Starts the engine a run asks for, saying once when a GPU was wanted and none can be used. */
export async function startRunEngine(run: ResolvedRun, reporter: RunReporter): Promise<Resolution> {
  const { threads, wantsGpu } = run;
  const resolution = await resolveEngine(run.engines, { threads, monotonic: () => systemClock.monotonic() });
  if (wantsGpu && resolution.engine.name === 'onnx' && resolution.engine.device.startsWith('CPU')) {
    const reasons = resolution.passedOver.map(({ engine, reason }) => `${engine}: ${reason}`).join('; ');
    reporter.onWarning(
      `n_gpu asks for a GPU, but none can be used here (${reasons}); training on ${resolution.engine.device}`,
    );
  }
  return resolution;
}

/** Trains one run into its folder. Everything that can be refused is refused before the folder is touched. */
export async function executeRun(request: ExecuteRequest): Promise<TrainResult> {
  const { control, run, plugins, reporter, signal, force } = request;
  const { config, runDir } = run;
  if (existsSync(join(runDir, 'status.json')) && !force) {
    throw new MedganError(`${runDir} already holds a run`, {
      cure: 'choose another run: name, or replace it with --force',
    });
  }
  const rng = createRng(config.seed);
  const images = await openImages(run, reporter, rng.split('data'), signal);
  const { engine } = await startRunEngine(run, reporter);
  try {
    reporter.onNote(
      `${images.count} images of ${images.classes.join(', ')} at ${images.size} px; ` +
        `${config.architecture.name}, ${config.objective.name}; ${engine.name} on ${engine.device}`,
    );
    const gan = buildGan(
      engine,
      {
        ...config,
        architecture: plugins.architectures.get(config.architecture.name),
        architectureOptions: config.architecture.options,
        objective: plugins.objectives.get(config.objective.name),
        objectiveOptions: config.objective.options,
      },
      rng.split('init'),
    );
    if (force) await rm(runDir, { recursive: true, force: true });
    await mkdir(runDir, { recursive: true });
    await writeFileAtomically(
      join(runDir, 'config.yaml'),
      dump(
        {
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
        },
        { noRefs: true, skipInvalid: true },
      ),
    );
    return await train({
      gan,
      config,
      images,
      runDir,
      rng: rng.split('train'),
      clock: systemClock,
      reporter,
      signal,
    });
  } finally {
    await engine.dispose();
  }
}
