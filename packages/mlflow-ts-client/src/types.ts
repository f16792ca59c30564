/** A 64-bit integer: a number where that is exact (|n| < 2^53), a bigint otherwise. */
export type Int64 = number | bigint;

/** How a run stands, in the words of MLflow. */
export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';
/** Deleted things can be restored until the server's `mlflow gc`. */
export type LifecycleStage = 'active' | 'deleted';
/** Whether a search finds deleted things. */
export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';

/** What a parameter or a tag may hold; MLflow stores `String(value)`. */
export type Scalar = string | number | boolean | bigint;

/** Parameters or tags: one value per key. */
export type Labels = Readonly<Record<string, Scalar>>;

/** One point of a curve. `timestamp` is in milliseconds since the Unix epoch. */
export interface Metric {
  readonly key: string;
  readonly value: number;
  readonly timestamp: Int64;
  readonly step: Int64;
}

/** An experiment as the server holds it. Times are milliseconds since the Unix epoch. */
export interface Experiment {
  readonly experimentId: string;
  readonly name: string;
  readonly artifactLocation: string;
  readonly lifecycleStage: LifecycleStage;
  readonly creationTime?: Int64;
  readonly lastUpdateTime?: Int64;
  readonly tags: Readonly<Record<string, string>>;
}

/** What a run is, without what was logged to it. Times are milliseconds since the Unix epoch. */
export interface RunInfo {
  readonly runId: string;
  readonly runName: string;
  readonly experimentId: string;
  readonly userId: string;
  readonly status: RunStatus;
  readonly startTime?: Int64;
  readonly endTime?: Int64;
  /** Where the artifacts lie: `mlflow-artifacts:/…` (through the server), `file:///…`, or a cloud. */
  readonly artifactUri: string;
  readonly lifecycleStage: LifecycleStage;
}

/** A run as the server holds it. */
export interface Run {
  readonly info: RunInfo;
  /** The latest point of each key only; `Runs.metricHistory` has them all. */
  readonly metrics: readonly Metric[];
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly datasets: readonly DatasetInput[];
}

/** A dataset that a run used. */
export interface Dataset {
  readonly name: string;
  /** A fingerprint of the content, at most 36 characters. */
  readonly digest: string;
  /** What `source` is, such as `local`. */
  readonly sourceType: string;
  /** Where it comes from, by custom a JSON object: `{"uri": "/data/isic"}`. */
  readonly source: string;
  readonly schema?: string;
  readonly profile?: string;
}

/** A dataset, and what a run used it for. */
export interface DatasetInput {
  readonly dataset: Dataset;
  /** `mlflow.data.context` says what the data was used for, such as `training`. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** What is logged to a run at once. */
export interface Batch {
  readonly metrics?: readonly Metric[];
  readonly params?: Labels;
  readonly tags?: Labels;
}

/** A value that was cut to the server's limit; `length` counts the characters it had. */
export interface Truncation {
  readonly kind: 'param' | 'tag';
  readonly key: string;
  readonly length: number;
}

/** Where the points of a batch went: `sent + alreadyThere + repeated + skipped.length` of them were given. */
export interface BatchReport {
  /** Points that this call put on the server. */
  readonly sent: number;
  /** Points that were on the server already (only looked for with `onlyMissing`). */
  readonly alreadyThere: number;
  /** Points given twice in this batch: equal in key, step, timestamp and value. */
  readonly repeated: number;
  /** Points that are not finite, and were left out (`nonFinite: 'skip'`). */
  readonly skipped: readonly Metric[];
  readonly truncated: readonly Truncation[];
  /** `log-batch` requests, without retries. */
  readonly requests: number;
}

/** A file or a folder among the artifacts of a run. */
export interface ArtifactFile {
  /** Relative to the run's artifact root, with `/` between folders. */
  readonly path: string;
  readonly isDir: boolean;
  /** Bytes; absent for folders. */
  readonly fileSize?: Int64;
}

/** Accepted as the last argument, or among the options, of every call. */
export interface CallOptions {
  /** Ends the call, its retries and its waiting; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** For each attempt, in milliseconds; where files travel, the longest pause between two pieces. */
  readonly timeoutMs?: number;
}
