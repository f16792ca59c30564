import { double, int64 } from './int64-json.ts';
import type {
  ArtifactFile,
  Dataset,
  DatasetInput,
  Experiment,
  Labels,
  LifecycleStage,
  Metric,
  Run,
  RunInfo,
  RunStatus,
} from './types.ts';

/** A JSON object of the server, of which nothing is known yet. */
export type Wire = Readonly<Record<string, unknown>>;

export function object(field: unknown): Wire {
  return typeof field === 'object' && field !== null ? (field as Wire) : {};
}

export function list(field: unknown): readonly Wire[] {
  return Array.isArray(field) ? field.map(object) : [];
}

export function text(field: unknown): string {
  if (typeof field === 'string') return field;
  return typeof field === 'number' ? String(field) : '';
}

export function toExperiment(wire: Wire): Experiment {
  const creationTime = int64(wire.creation_time);
  const lastUpdateTime = int64(wire.last_update_time);
  return {
    experimentId: text(wire.experiment_id),
    name: text(wire.name),
    artifactLocation: text(wire.artifact_location),
    lifecycleStage: toStage(wire.lifecycle_stage),
    ...(creationTime !== undefined && { creationTime }),
    ...(lastUpdateTime !== undefined && { lastUpdateTime }),
    tags: toLabels(wire.tags),
  };
}

export function toRunInfo(wire: Wire): RunInfo {
  const startTime = int64(wire.start_time);
  const endTime = int64(wire.end_time);
  return {
    runId: text(wire.run_id) || text(wire.run_uuid),
    runName: text(wire.run_name),
    experimentId: text(wire.experiment_id),
    userId: text(wire.user_id),
    status: toStatus(wire.status),
    ...(startTime !== undefined && { startTime }),
    // A running run's end comes as 0 from some servers.
    ...(endTime !== undefined && endTime !== 0 && { endTime }),
    artifactUri: text(wire.artifact_uri),
    lifecycleStage: toStage(wire.lifecycle_stage),
  };
}

export function toRun(wire: Wire): Run {
  const data = object(wire.data);
  return {
    info: toRunInfo(object(wire.info)),
    metrics: list(data.metrics).map(toMetric),
    params: toLabels(data.params),
    tags: toLabels(data.tags),
    datasets: list(object(wire.inputs).dataset_inputs).map(toDatasetInput),
  };
}

export function toMetric(wire: Wire): Metric {
  return {
    key: text(wire.key),
    value: double(wire.value) ?? Number.NaN,
    timestamp: int64(wire.timestamp) ?? 0,
    step: int64(wire.step) ?? 0,
  };
}

export function toArtifactFile(wire: Wire): ArtifactFile {
  const isDir = wire.is_dir === true;
  // Servers leave the size of an empty file out.
  return { path: text(wire.path), isDir, ...(!isDir && { fileSize: int64(wire.file_size) ?? 0 }) };
}

function toDatasetInput(wire: Wire): DatasetInput {
  const from = object(wire.dataset);
  const dataset: Dataset = {
    name: text(from.name),
    digest: text(from.digest),
    sourceType: text(from.source_type),
    source: text(from.source),
    ...(typeof from.schema === 'string' && { schema: from.schema }),
    ...(typeof from.profile === 'string' && { profile: from.profile }),
  };
  return { dataset, tags: toLabels(wire.tags) };
}

function toLabels(field: unknown): Record<string, string> {
  return Object.fromEntries(list(field).map((label) => [text(label.key), text(label.value)]));
}

function toStage(field: unknown): LifecycleStage {
  return field === 'deleted' ? 'deleted' : 'active';
}

const statuses: readonly string[] = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];

function toStatus(field: unknown): RunStatus {
  return typeof field === 'string' && statuses.includes(field) ? (field as RunStatus) : 'RUNNING';
}

/** `{ a: 1 }` as MLflow's `[{ key: 'a', value: '1' }]`. */
export function toPairs(labels: Labels | undefined): { key: string; value: string }[] {
  return Object.entries(labels ?? {}).map(([key, value]) => ({ key, value: String(value) }));
}

/** The body of a datasets input. */
export function fromDatasetInput({ dataset, tags }: DatasetInput): Wire {
  const { name, digest, source, schema, profile } = dataset;
  return {
    dataset: { name, digest, source_type: dataset.sourceType, source, schema, profile },
    tags: toPairs(tags),
  };
}
