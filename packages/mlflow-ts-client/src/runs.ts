import type { Connection } from './connection.ts';
import { createRun, findByKey } from './create-run.ts';
import type { CreateRun } from './create-run.ts';
import { checkDatasetInput } from './datasets.ts';
import { MlflowError } from './errors.ts';
import { limits } from './limits.ts';
import { BatchLogger } from './log-batch.ts';
import type { BatchOptions, BatchRules } from './log-batch.ts';
import { metricHistory } from './metric-history.ts';
import type { HistoryOptions } from './metric-history.ts';
import { checkExperimentId, checkKey, checkRunId } from './names.ts';
import { paged } from './paging.ts';
import type {
  Batch,
  BatchReport,
  CallOptions,
  DatasetInput,
  Int64,
  Metric,
  Run,
  RunInfo,
  RunStatus,
  Scalar,
  ViewType,
} from './types.ts';
import { fromDatasetInput, object, toRun, toRunInfo } from './wire.ts';

export interface RunQuery extends CallOptions {
  readonly experimentIds: readonly string[];
  /** MLflow's filter language, such as ``tags.`mlflow.parentRunId` = '…'``. */
  readonly filter?: string;
  /** 'ACTIVE_ONLY' by default. */
  readonly viewType?: ViewType;
  readonly orderBy?: readonly string[];
  /** Items a request; 1000 by default. */
  readonly pageSize?: number;
}

/** What `update` can change. */
export interface RunChange {
  readonly status?: RunStatus;
  /** Milliseconds since the Unix epoch. */
  readonly endTime?: Int64;
  readonly runName?: string;
}

export interface RunsOptions extends BatchRules {
  readonly newToken: () => string;
}

/** The runs of a server, and what is logged to them: `client.runs`. */
export class Runs {
  readonly #connection: Connection;
  readonly #options: RunsOptions;
  readonly #batches: BatchLogger;

  constructor(connection: Connection, options: RunsOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#batches = new BatchLogger(connection, options);
  }

  /** Starts a run (status RUNNING); one run, whatever becomes of the replies. */
  async create(experimentId: string, options: CreateRun): Promise<Run> {
    const { truncate, newToken } = this.#options;
    return createRun({ connection: this.#connection, truncate, token: newToken() }, experimentId, options);
  }

  /** The active run that was created with this `idempotencyKey`. */
  async findByKey(
    experimentId: string,
    idempotencyKey: string,
    call: CallOptions = {},
  ): Promise<Run | undefined> {
    return findByKey(this.#connection, { experimentId, key: idempotencyKey, call });
  }

  /** The run of this id, a deleted one too. @throws MlflowError where there is none. */
  async get(runId: string, call: CallOptions = {}): Promise<Run> {
    checkRunId(runId);
    const answer = await this.#connection.get('/runs/get', { run_id: runId }, call);
    return toRun(object(answer.run));
  }

  /** Changes the status, the end or the name of a run; what `change` leaves out stays. */
  async update(runId: string, change: RunChange, call: CallOptions = {}): Promise<RunInfo> {
    checkRunId(runId);
    const body = { run_id: runId, status: change.status, end_time: change.endTime, run_name: change.runName };
    const answer = await this.#connection.post('/runs/update', body, { call });
    return toRunInfo(object(answer.run_info));
  }

  /** Ends a run; status FINISHED by default. */
  async terminate(
    runId: string,
    end: { readonly status?: RunStatus; readonly endTime: Int64 },
    call: CallOptions = {},
  ): Promise<RunInfo> {
    return this.update(runId, { status: end.status ?? 'FINISHED', endTime: end.endTime }, call);
  }

  /** Deletes a run in a way that `restore` undoes. */
  async delete(runId: string, call: CallOptions = {}): Promise<void> {
    checkRunId(runId);
    await this.#connection.post('/runs/delete', { run_id: runId }, { call });
  }

  /** Takes `delete` back. */
  async restore(runId: string, call: CallOptions = {}): Promise<void> {
    checkRunId(runId);
    await this.#connection.post('/runs/restore', { run_id: runId }, { call });
  }

  /** All that match, fetched page by page as they are wanted. */
  async *search(query: RunQuery): AsyncGenerator<Run, void, undefined> {
    for (const id of query.experimentIds) checkExperimentId(id);
    const pages = paged('runs', (pageToken) => {
      const body = {
        experiment_ids: query.experimentIds,
        filter: query.filter,
        run_view_type: query.viewType ?? 'ACTIVE_ONLY',
        max_results: query.pageSize ?? 1000,
        order_by: query.orderBy,
        page_token: pageToken,
      };
      return this.#connection.post('/runs/search', body, { call: query });
    });
    for await (const wire of pages) yield toRun(wire);
  }

  /**
   * Logs points, params and tags of any number, split within the server's limits. No point is put there twice.
   * @throws MlflowError; what was sent before it stays, and `onlyMissing` goes on from there.
   */
  async logBatch(runId: string, batch: Batch, options: BatchOptions = {}): Promise<BatchReport> {
    checkRunId(runId);
    return this.#batches.log(runId, batch, options);
  }

  /** `logBatch` of a single point: one request each, so batch what comes often. */
  async logMetric(runId: string, metric: Metric, call: CallOptions = {}): Promise<BatchReport> {
    return this.logBatch(runId, { metrics: [metric] }, call);
  }

  /** A param keeps its first value for good; the same value again is no error. */
  async logParam(
    runId: string,
    param: { key: string; value: Scalar },
    call: CallOptions = {},
  ): Promise<void> {
    await this.logBatch(runId, { params: { [param.key]: param.value } }, call);
  }

  /** Sets one tag of the run, over the value it had. */
  async setTag(runId: string, tag: { key: string; value: Scalar }, call: CallOptions = {}): Promise<void> {
    await this.logBatch(runId, { tags: { [tag.key]: tag.value } }, call);
  }

  /** Deletes one tag of the run. @throws MlflowError where there is none. */
  async deleteTag(runId: string, key: string, call: CallOptions = {}): Promise<void> {
    checkRunId(runId);
    checkKey('tag', key);
    // A tag that is gone cannot be deleted again: after a lost reply, look.
    const settle = async () => {
      const answer = await this.#connection.getOnce('/runs/get', { run_id: runId }, call);
      return key in toRun(object(answer.run)).tags ? undefined : {};
    };
    await this.#connection.post('/runs/delete-tag', { run_id: runId, key }, { call, settle });
  }

  /** Notes the datasets a run used. The same dataset (name and digest) again changes nothing. */
  async logInputs(runId: string, datasets: readonly DatasetInput[], call: CallOptions = {}): Promise<void> {
    checkRunId(runId);
    for (const input of datasets) checkDatasetInput(input);
    for (let from = 0; from < datasets.length; from += limits.datasetsPerRequest) {
      const part = datasets.slice(from, from + limits.datasetsPerRequest).map(fromDatasetInput);
      await this.#connection.post('/runs/log-inputs', { run_id: runId, datasets: part }, { call });
    }
  }

  /** Every point of one metric, by timestamp and step, fetched page by page as they are wanted. */
  async *metricHistory(
    runId: string,
    key: string,
    options: HistoryOptions = {},
  ): AsyncGenerator<Metric, void, undefined> {
    checkRunId(runId);
    if (key === '') throw new MlflowError('metric without a name', { cure: 'name the metric' });
    yield* metricHistory(this.#connection, { ...options, runId, key, retry: true });
  }
}
