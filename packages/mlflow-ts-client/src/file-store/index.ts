export { FileExperiment } from './file-experiment.ts';
export type { FileArtifact, FileRun, WrittenRun } from './file-run.ts';
export { FileStore } from './file-store.ts';
export type { FileExperimentOptions, FileStoreOptions } from './file-store.ts';
export { experimentIdOf, runIdOf } from './ids.ts';
