import { missingPoints } from './arrived-points.ts';
import type { Connection } from './connection.ts';
import { MlflowError } from './errors.ts';
import { checkLabels } from './labels.ts';
import type { NonFinite } from './options.ts';
import { checkPoints, toWirePoint } from './points.ts';
import { splitBatch } from './split-batch.ts';
import type { BatchPart } from './split-batch.ts';
import type { Batch, BatchReport, CallOptions, Metric } from './types.ts';

export interface BatchOptions extends CallOptions {
  /**
   * Look first which points the server has, and send only the others: for a caller that does not know how far it came
   * before it was interrupted.
   */
  readonly onlyMissing?: boolean;
}

export interface BatchRules {
  readonly truncate: boolean;
  readonly nonFinite: NonFinite;
}

/**
 * Sends params, tags and points in as many requests as they take. Everything is checked before the first is sent.
 *
 * Params and tags may be sent twice without harm, points may not: some stores append them. So when a reply is lost,
 * the points of that request are looked for on the server, and only those that are not there are sent again.
 */
export class BatchLogger {
  readonly #connection: Connection;
  readonly #rules: BatchRules;

  constructor(connection: Connection, rules: BatchRules) {
    this.#connection = connection;
    this.#rules = rules;
  }

  async log(runId: string, batch: Batch, options: BatchOptions): Promise<BatchReport> {
    const params = checkLabels(batch.params, { kind: 'param', truncate: this.#rules.truncate });
    const tags = checkLabels(batch.tags, { kind: 'tag', truncate: this.#rules.truncate });
    const checked = checkPoints(batch.metrics ?? [], this.#rules.nonFinite);
    const metrics = options.onlyMissing
      ? await this.#missing(runId, checked.points, { call: options, retry: true })
      : checked.points;
    const parts = splitBatch({ metrics, params: params.pairs, tags: tags.pairs });
    for (const part of parts) await this.#send(runId, part, options);
    return {
      sent: metrics.length,
      alreadyThere: checked.points.length - metrics.length,
      repeated: checked.repeated,
      skipped: checked.skipped,
      truncated: [...params.truncated, ...tags.truncated],
      requests: parts.length,
    };
  }

  async #send(runId: string, part: BatchPart, call: CallOptions): Promise<void> {
    const path = '/runs/log-batch';
    let points: readonly Metric[] = part.metrics;
    const done = part.params.length === 0 && part.tags.length === 0 ? true : undefined;
    const send = async () => {
      const body = { run_id: runId, metrics: points.map(toWirePoint), params: part.params, tags: part.tags };
      await this.#connection.postOnce(path, body, call);
      return true;
    };
    const settle = async () => {
      if (points.length > 0) points = await this.#missing(runId, points, { call, retry: false });
      return points.length === 0 ? done : undefined;
    };
    const operation = { method: 'POST', path, attempt: send, settle };
    await this.#connection.retrier.run(operation, call.signal).catch(explainParams);
  }

  async #missing(
    runId: string,
    points: readonly Metric[],
    how: { call: CallOptions; retry: boolean },
  ): Promise<readonly Metric[]> {
    return points.length === 0 ? points : missingPoints(this.#connection, { runId, points, ...how });
  }
}

function explainParams(error: unknown): never {
  if (!(error instanceof MlflowError) || !/changing param values/i.test(error.message)) throw error;
  throw new MlflowError(error.message.replace(/^\[mlflow\] /, ''), {
    status: error.status,
    errorCode: error.errorCode,
    cause: error,
    cure: 'MLflow keeps the first value of a param for good: log a changing value as a metric or a tag, or make a new run',
  });
}
