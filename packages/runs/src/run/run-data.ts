import { defined, MedganError } from '@medgan/files';
import { createRng, type PackedImages } from '@medgan/plugin-api';
import type { ResolvedRun } from '../control/resolve-control.ts';
import { requireDataFolder, requireSameData } from './moved-data.ts';
import type { OpenedRun } from './opened-run.ts';
import type { RunContext } from './run-reporter.ts';

/** Opens the images that a run trains on. They are the caller's to close. */
export function openImages(
  run: Pick<ResolvedRun, 'config' | 'data'>,
  { reporter, signal }: RunContext,
): Promise<PackedImages> {
  const { dataset, options, path, ...rest } = run.data;
  const { imageSize, channels } = run.config.sizes;
  return dataset.open(
    { ...options, ...defined({ path }) },
    {
      ...rest,
      format: { size: imageSize, channels: channels as 1 | 3 },
      rng: createRng(run.config.seed).split('data'),
      signal,
      onProgress: (done, total) => reporter.onData(done, total),
      onWarning: (message) => reporter.onWarning(message),
    },
  );
}

/**
 * Opens the images that a run in a folder was trained on. They are the caller's to close.
 * @throws MedganError when the data have changed since.
 */
export async function openRunImages(
  { runDir, record, run }: OpenedRun,
  context: RunContext,
): Promise<PackedImages> {
  requireDataFolder(run, runDir);
  const images = await openImages(run, context);
  try {
    requireSameData(images, record, { runDir, path: run.data.path });
    return images;
  } catch (error) {
    await images.close();
    throw error;
  }
}

/**
 * Opens the images of another part of the run's data, such as `test`: those that it was not trained on. They are the
 * caller's to close.
 * @throws MedganError when the run was trained on all its images, or when its data have no such part.
 */
export function openPart(
  { run }: Pick<OpenedRun, 'run'>,
  part: string,
  context: RunContext,
): Promise<PackedImages> {
  const { split, subset: _whole, ...data } = run.data;
  if (split === undefined || split.part === part) {
    const trainedOn = split === undefined ? 'all its images' : `the part ${part} itself`;
    throw new MedganError(`the run cannot be judged against ${part}: it was trained on ${trainedOn}`, {
      cure: 'train with split: train, and judge against another part: --against test',
    });
  }
  return openImages({ ...run, data: { ...data, split: { ...split, part } } }, context);
}
