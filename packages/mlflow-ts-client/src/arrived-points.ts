import type { Connection } from './connection.ts';
import { metricHistory } from './metric-history.ts';
import { identityOf } from './points.ts';
import type { CallOptions, Int64, Metric } from './types.ts';
import { toRun, object } from './wire.ts';

export interface Question {
  readonly runId: string;
  readonly points: readonly Metric[];
  readonly call: CallOptions;
  /** False for a single attempt, inside the retries of another call. */
  readonly retry: boolean;
}

/**
 * Which of these points the server does not have. The run's latest points, one request,
 * settle most keys: if a key's latest step lies before all of these points, none has arrived. For the other keys the
 * histories are read.
 */
export async function missingPoints(connection: Connection, question: Question): Promise<Metric[]> {
  const { runId, points, call, retry } = question;
  const ask = { run_id: runId };
  const answer = retry
    ? await connection.get('/runs/get', ask, call)
    : await connection.getOnce('/runs/get', ask, call);
  const latest = new Map(toRun(object(answer.run)).metrics.map((point) => [point.key, point.step]));
  const there = new Set<string>();
  for (const [key, firstStep] of firstSteps(points)) {
    const last = latest.get(key);
    if (last === undefined || last < firstStep) continue;
    const wanted = new Set(points.filter((point) => point.key === key).map(identityOf));
    for await (const point of metricHistory(connection, { ...call, runId, key, retry })) {
      const identity = identityOf(point);
      if (wanted.delete(identity)) there.add(identity);
      if (wanted.size === 0) break;
    }
  }
  return points.filter((point) => !there.has(identityOf(point)));
}

function firstSteps(points: readonly Metric[]): Map<string, Int64> {
  const first = new Map<string, Int64>();
  for (const { key, step } of points) {
    const known = first.get(key);
    if (known === undefined || step < known) first.set(key, step);
  }
  return first;
}
