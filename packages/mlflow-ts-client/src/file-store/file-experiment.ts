import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkArtifactPath } from '../artifact-root.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import { checkDatasetInput } from '../datasets.ts';
import { MlflowError, quote } from '../errors.ts';
import { checkLabels } from '../labels.ts';
import type { Pair } from '../labels.ts';
import type { NonFinite } from '../options.ts';
import type { DatasetInput, Labels, RunStatus } from '../types.ts';
import type { FileArtifact, FileRun, WrittenRun } from './file-run.ts';
import { datasetIdOf, inputIdOf, runIdOf } from './ids.ts';
import { inFolder, writeMetricFiles } from './metric-files.ts';
import { toYaml } from './yaml.ts';

const statusNumbers: Readonly<Record<RunStatus, number>> = {
  RUNNING: 1,
  SCHEDULED: 2,
  FINISHED: 3,
  FAILED: 4,
  KILLED: 5,
};

export interface ExperimentFolder {
  readonly name: string;
  readonly experimentId: string;
  readonly path: string;
  /** Where a run is put together: a folder of the store that MLflow's readers pass over. */
  readonly scratch: string;
  readonly nonFinite: NonFinite;
  readonly truncate: boolean;
}

/** An experiment of a file store: writes its runs, each wholly or not at all. */
export class FileExperiment {
  readonly experimentId: string;
  readonly name: string;
  readonly #folder: ExperimentFolder;

  constructor(folder: ExperimentFolder) {
    this.experimentId = folder.experimentId;
    this.name = folder.name;
    this.#folder = folder;
  }

  /**
   * Writes a run wholly or not at all; one with the same id is replaced.
   * @throws MlflowError for names, values and artifacts the store cannot hold.
   */
  async writeRun(run: FileRun): Promise<WrittenRun> {
    const runId = idOf(run);
    const { truncate, scratch } = this.#folder;
    const params = checkLabels(run.params, { kind: 'param', truncate });
    const tags = checkLabels(tagsOf(run), { kind: 'tag', truncate });
    for (const input of run.datasets ?? []) checkDatasetInput(input);
    const path = join(this.#folder.path, runId);
    const unfinished = join(scratch, `.${runId}.${randomUUID()}.tmp`);
    try {
      await mkdir(join(unfinished, 'artifacts'), { recursive: true });
      await writeLabels(join(unfinished, 'params'), params.pairs);
      await writeLabels(join(unfinished, 'tags'), tags.pairs);
      const metrics = await writeMetricFiles(
        join(unfinished, 'metrics'),
        run.metrics ?? [],
        this.#folder.nonFinite,
      );
      for (const artifact of run.artifacts ?? [])
        await writeArtifact(join(unfinished, 'artifacts'), artifact);
      for (const input of run.datasets ?? []) await this.#writeInput(unfinished, { input, runId });
      await writeFile(join(unfinished, 'meta.yaml'), this.#meta(run, { runId, path }));
      await this.#replace(path, unfinished);
      return { runId, path, ...metrics, truncated: [...params.truncated, ...tags.truncated] };
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }

  #meta(run: FileRun, { runId, path }: { runId: string; path: string }): string {
    return toYaml({
      artifact_uri: pathToFileURL(join(path, 'artifacts')).href,
      deleted_time: null,
      end_time: run.endTime ?? null,
      entry_point_name: '',
      experiment_id: this.experimentId,
      lifecycle_stage: 'active',
      run_id: runId,
      run_name: run.runName,
      run_uuid: runId,
      source_name: '',
      source_type: 4,
      source_version: '',
      start_time: run.startTime,
      status: statusNumbers[run.status],
      tags: [],
      user_id: run.userId ?? '',
    });
  }

  async #writeInput(
    runFolder: string,
    { input, runId }: { input: DatasetInput; runId: string },
  ): Promise<void> {
    const { dataset, tags } = input;
    const datasetId = datasetIdOf(dataset);
    const meta = toYaml({
      digest: dataset.digest,
      name: dataset.name,
      profile: dataset.profile ?? null,
      schema: dataset.schema ?? null,
      source: dataset.source,
      source_type: dataset.sourceType,
    });
    await writeFileAtomically(join(this.#folder.path, 'datasets', datasetId, 'meta.yaml'), [
      Buffer.from(meta),
    ]);
    const folder = join(runFolder, 'inputs', inputIdOf(datasetId, runId));
    await mkdir(folder, { recursive: true });
    const use = toYaml({
      destination_id: runId,
      destination_type: 'RUN',
      source_id: datasetId,
      source_type: 'DATASET',
      tags: tags ?? {},
    });
    await writeFile(join(folder, 'meta.yaml'), use);
  }

  /** A folder cannot take another's place in one step: the old one is moved aside, and removed last. */
  async #replace(path: string, unfinished: string): Promise<void> {
    const old = `${unfinished}.old`;
    const hadOld = await rename(path, old).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false;
        throw error;
      },
    );
    await rename(unfinished, path);
    if (hadOld) await rm(old, { recursive: true, force: true });
  }
}

function idOf(run: FileRun): string {
  const runId = run.runId ?? (run.key === undefined ? undefined : runIdOf(run.key));
  if (runId !== undefined && /^[0-9a-f]{32}$/.test(runId)) return runId;
  const cure = 'give runId (32 hex digits, lower case), or key, from which the id is made';
  throw new MlflowError(
    `run ${quote(run.runName)} has ${runId === undefined ? 'no id' : `the id ${quote(runId)}`}`,
    { cure },
  );
}

function tagsOf(run: FileRun): Labels {
  return {
    ...run.tags,
    'mlflow.runName': run.runName,
    ...(run.userId !== undefined && { 'mlflow.user': run.userId }),
    ...(run.parentRunId !== undefined && { 'mlflow.parentRunId': run.parentRunId }),
  };
}

async function writeLabels(folder: string, pairs: readonly Pair[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { key, value } of pairs) {
    await inFolder({ folder, key, kind: 'name' }, (path) => writeFile(path, value, { flag: 'wx' }));
  }
}

async function writeArtifact(folder: string, artifact: FileArtifact): Promise<void> {
  const path = join(folder, checkArtifactPath(artifact.to));
  await mkdir(dirname(path), { recursive: true });
  if ('bytes' in artifact) return writeFile(path, artifact.bytes);
  await copyFile(artifact.from, path).catch((cause: unknown) => {
    throw new MlflowError(`artifact ${quote(artifact.from)} cannot be copied to ${quote(path)}`, {
      cure: 'check both paths, and the space on the disk',
      cause,
    });
  });
}
