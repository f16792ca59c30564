/**
 * MLflow tracking from Node, over the REST API. A retry never doubles a point or a run.
 *
 * @module mlflow-ts-client
 */

export { Artifacts } from './artifacts.ts';
export type { HasFiles, OfRun } from './artifacts.ts';
export { MlflowClient } from './client.ts';
export type { CreateRun } from './create-run.ts';
export { optionsFromEnvironment } from './environment.ts';
export type { Environment } from './environment.ts';
export { MlflowError } from './errors.ts';
export type { MlflowErrorFacts } from './errors.ts';
export { Experiments } from './experiments.ts';
export type { CreateExperiment, ExperimentQuery } from './experiments.ts';
export { limits } from './limits.ts';
export { LoggedModels } from './logged-models.ts';
export type { LoggedModel, ModelOfRun } from './logged-models.ts';
export type { BatchOptions } from './log-batch.ts';
export type { HistoryOptions } from './metric-history.ts';
export type {
  Auth,
  MlflowClientOptions,
  NonFinite,
  RetryEvent,
  RetryOptions,
  TlsOptions,
} from './options.ts';
export type { ProxyOptions } from './proxies.ts';
export { Registry } from './registry.ts';
export type { ModelVersion, NewVersion } from './registry.ts';
export { Runs } from './runs.ts';
export type { RunChange, RunQuery } from './runs.ts';
export type {
  ArtifactFile,
  Batch,
  BatchReport,
  CallOptions,
  Dataset,
  DatasetInput,
  Experiment,
  Int64,
  Labels,
  LifecycleStage,
  Metric,
  Run,
  RunInfo,
  RunStatus,
  Scalar,
  Truncation,
  ViewType,
} from './types.ts';
