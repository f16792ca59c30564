import { join } from 'node:path';
import type { MlflowPython } from 'mlflow-ts-client/testing';

/** A run as MLflow's own Python client reads it. */
export interface ReadRun {
  readonly experiment: string;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly parent: string | null;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly datasets: readonly { readonly name: string; readonly digest: string; readonly context: string }[];
  /** By key: [step, timestamp, value], by step. */
  readonly points: Readonly<Record<string, readonly (readonly [number, number, number])[]>>;
  /** Bytes of each file, by artifact path. */
  readonly artifacts: Readonly<Record<string, number>>;
}

/** All runs on a server or in a database, read by MLflow's Python client. */
export async function readBack(python: MlflowPython, uri: string): Promise<ReadRun[]> {
  return JSON.parse(
    await python.run('python', [join(import.meta.dirname, 'mlflow-read.py'), uri]),
  ) as ReadRun[];
}
