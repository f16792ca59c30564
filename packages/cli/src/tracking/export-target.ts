import { runIdOf, type FileExperiment } from 'mlflow-ts-client/file-store';
import type { Metric } from 'mlflow-ts-client';
import { folderKey } from './folder-key.ts';
import { trackedName } from './flatten.ts';
import { IMAGE_TAG, imageFiles, timesOf } from './image-view.ts';
import { LOG_START, readLog, type LogPlace } from './read-log.ts';
import type { Target } from './targets.ts';
import { studyFor } from './targets.ts';
import { readTrackedRun } from './tracked-run.ts';
import { readTrackedStudy, readTrial, trialDirs, type StudyFolder } from './tracked-study.ts';
import type { Tracked } from './tracked.ts';

/** What one export has written. */
export interface Exported {
  readonly runs: number;
  readonly points: number;
  /** Values that are no numbers, and were left out. */
  readonly notFinite: number;
}

export interface ExportOptions {
  readonly experimentOf: (study: StudyFolder | undefined) => Promise<FileExperiment>;
  readonly checkpoints: boolean;
}

async function* pointsOf({ log, figures }: Tracked): AsyncGenerator<Metric> {
  let place: LogPlace = LOG_START;
  while (log !== undefined) {
    const read = await readLog(log, place);
    if (read.steps.length === 0) break;
    for (const { step, time, values } of read.steps) {
      for (const [key, value] of Object.entries(values)) {
        yield { key: trackedName(key), value, timestamp: time, step };
      }
    }
    place = read.place;
  }
  yield* figures;
}

async function writeTracked(
  experiment: FileExperiment,
  tracked: Tracked,
  parentRunId: string | undefined,
): Promise<Exported> {
  const key = await folderKey(tracked.dir);
  const runId = runIdOf(key);
  const times = await timesOf(tracked.log, tracked.files);
  const images = [];
  for (const { from, image } of tracked.files) {
    const time = image && times.get(image.step);
    if (image && time !== undefined) images.push(...(await imageFiles(runId, { ...image, from, time })));
  }
  const written = await experiment.writeRun({
    runId,
    runName: tracked.name,
    status: tracked.status,
    startTime: tracked.startTime,
    ...(tracked.status === 'RUNNING' ? {} : { endTime: tracked.endTime }),
    ...(parentRunId === undefined ? {} : { parentRunId }),
    params: tracked.params,
    tags: { ...tracked.tags, ...(images.length > 0 ? { [IMAGE_TAG]: 'true' } : {}) },
    metrics: pointsOf(tracked),
    ...(tracked.dataset ? { datasets: [tracked.dataset] } : {}),
    artifacts: [...tracked.files.map(({ from, to }) => ({ from, to })), ...images],
  });
  return { runs: 1, points: written.points, notFinite: written.skipped.length };
}

/**
 * Writes a run, or a study with its trials, into an `mlruns` folder. A folder has the same run id each time, so that
 * exporting it again puts it in its own place.
 */
export async function exportTarget(target: Target, options: ExportOptions): Promise<Exported> {
  const { checkpoints } = options;
  const study = await studyFor(target);
  const experiment = await options.experimentOf(study);
  const parentRunId = study && runIdOf(await folderKey(study.dir));
  if (target.kind === 'run') {
    const tracked = study
      ? await readTrial(target.dir, study, { checkpoints })
      : await readTrackedRun(target.dir, { checkpoints });
    return writeTracked(experiment, tracked, parentRunId);
  }
  const trials: Tracked[] = [];
  for (const dir of trialDirs(study!)) trials.push(await readTrial(dir, study!, { checkpoints }));
  const parent = await readTrackedStudy(study!, { trials, isAlive: false });
  const written = [await writeTracked(experiment, parent, undefined)];
  for (const trial of trials) written.push(await writeTracked(experiment, trial, parentRunId));
  const sum = (of: (one: Exported) => number): number => written.reduce((total, one) => total + of(one), 0);
  return {
    runs: written.length,
    points: sum(({ points }) => points),
    notFinite: sum(({ notFinite }) => notFinite),
  };
}
