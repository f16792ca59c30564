import type { MlflowPython } from './real-server.testing.ts';

interface ReadBackRun {
  runId: string;
  runName: string;
  status: string;
  startTime: number;
  endTime: number | null;
  params: Record<string, string>;
  tags: Record<string, string>;
  /** [step, timestamp, value] as Python prints them. */
  metrics: Record<string, [string, string, string][]>;
  datasets: { name: string; digest: string; source: string; tags: Record<string, string> }[];
  artifacts: { path: string; size: number }[];
}

export interface ReadBack {
  experimentId: string;
  tags: Record<string, string>;
  runs: ReadBackRun[];
}

/** Experiments as MLflow's own Python client sees them, in the order of `names`. */
export async function readBack(
  python: MlflowPython,
  uri: string,
  names: readonly string[],
): Promise<ReadBack[]> {
  return (await python.script('read-back.py', [uri, ...names])) as ReadBack[];
}
