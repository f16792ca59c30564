import type { Connection } from './connection.ts';
import { paged } from './paging.ts';
import type { CallOptions, Metric } from './types.ts';
import { toMetric } from './wire.ts';

/** As many points as an MLflow server puts on one page. */
const serverPageSize = 25_000;

export interface HistoryOptions extends CallOptions {
  /** Points a request; 25 000 by default. */
  readonly pageSize?: number;
}

export interface HistoryOf extends HistoryOptions {
  readonly runId: string;
  readonly key: string;
  /** False for a single attempt a page: inside another call's retries. */
  readonly retry: boolean;
}

/** Every point of one key, by timestamp and step, page after page. */
export async function* metricHistory(
  connection: Connection,
  of: HistoryOf,
): AsyncGenerator<Metric, void, undefined> {
  const pages = paged('metrics', (pageToken) => {
    const query = {
      run_id: of.runId,
      metric_key: of.key,
      max_results: of.pageSize ?? serverPageSize,
      page_token: pageToken,
    };
    const path = '/metrics/get-history';
    return of.retry ? connection.get(path, query, of) : connection.getOnce(path, query, of);
  });
  for await (const wire of pages) {
    const point = toMetric(wire);
    // Some servers leave the key out, as it was asked for.
    yield point.key === '' ? { ...point, key: of.key } : point;
  }
}
