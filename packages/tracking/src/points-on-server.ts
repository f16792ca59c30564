import type { Metric, MlflowClient } from 'mlflow-ts-client';

/** Steps that a server has of each key, as far as they lie after `step`. */
export type KnownSteps = ReadonlyMap<string, ReadonlySet<number>>;

/**
 * What a server has beyond a step. A point that was sent just before a process was killed, or whose answer was lost, is
 * there though the cursor does not know it. Only the histories of keys that go beyond the step are read.
 */
export async function stepsBeyond(
  client: MlflowClient,
  runId: string,
  { step, signal }: { step: number; signal?: AbortSignal },
): Promise<KnownSteps> {
  const call = signal ? { signal } : {};
  const { metrics } = await client.runs.get(runId, call);
  const known = new Map<string, Set<number>>();
  for (const latest of metrics) {
    if (Number(latest.step) <= step) continue;
    const steps = new Set<number>();
    for await (const point of client.runs.metricHistory(runId, latest.key, call)) {
      if (Number(point.step) > step) steps.add(Number(point.step));
    }
    known.set(latest.key, steps);
  }
  return known;
}

/** The points whose key has no value of their step yet: a run has one value of a key at a step. */
export const missing = (points: readonly Metric[], known: KnownSteps): Metric[] =>
  points.filter(({ key, step }) => known.get(key)?.has(Number(step)) !== true);
