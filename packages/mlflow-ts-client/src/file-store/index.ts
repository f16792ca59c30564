/**
 * Writes the folder of runs that MLflow kept before it had a database, for when there is no server.
 *
 * @module mlflow-ts-client/file-store
 */

export { FileExperiment } from './file-experiment.ts';
export type { FileArtifact, FileRun, WrittenRun } from './file-run.ts';
export { FileStore } from './file-store.ts';
export type { FileExperimentOptions, FileStoreOptions } from './file-store.ts';
export { experimentIdOf, runIdOf } from './ids.ts';
