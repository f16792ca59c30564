import type { DatasetInput, Labels, Metric, RunStatus, Truncation } from '../types.ts';

/** An artifact of a run to be written: a file that is copied, or bytes (text as UTF-8). */
export type FileArtifact =
  | {
      /** A file on this machine. */ readonly from: string;
      /** Its path among the artifacts. */ readonly to: string;
    }
  | { readonly bytes: Uint8Array | string; readonly to: string };

/** A whole run to be written. */
export interface FileRun {
  /** 32 hex digits. This or `key` must be given. */
  readonly runId?: string;
  /** A name of the caller's own, from which the id is made (`runIdOf`). */
  readonly key?: string;
  readonly runName: string;
  readonly status: RunStatus;
  /** Milliseconds since the Unix epoch. */
  readonly startTime: number;
  readonly endTime?: number;
  readonly userId?: string;
  readonly parentRunId?: string;
  readonly params?: Labels;
  readonly tags?: Labels;
  readonly metrics?: Iterable<Metric> | AsyncIterable<Metric>;
  readonly datasets?: readonly DatasetInput[];
  readonly artifacts?: readonly FileArtifact[];
}

/** What was written, and what was left out. */
export interface WrittenRun {
  readonly runId: string;
  /** The run's folder. */
  readonly path: string;
  /** Points written. */
  readonly points: number;
  /** Points that are not finite, and were left out. */
  readonly skipped: readonly Metric[];
  readonly truncated: readonly Truncation[];
}
