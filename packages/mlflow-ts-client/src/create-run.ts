import type { Connection } from './connection.ts';
import { MlflowError, quote } from './errors.ts';
import { checkLabels } from './labels.ts';
import { checkExperimentId, checkRunId } from './names.ts';
import type { CallOptions, Int64, Labels, Run } from './types.ts';
import { list, object, toRun } from './wire.ts';
import type { Wire } from './wire.ts';

export interface CreateRun extends CallOptions {
  /** The server thinks of a name by default. */
  readonly runName?: string;
  /** Milliseconds since the Unix epoch. */
  readonly startTime: Int64;
  readonly tags?: Labels;
  /** Shown as the run's user. */
  readonly userId?: string;
  /** Makes it a child of that run, which lies in the same experiment. */
  readonly parentRunId?: string;
  /**
   * A name of the caller's own for this run, kept as the tag `mlflow.tsClient.key`, which MLflow's pages do not show. An active run of the experiment
   * that has it is returned instead of a second one. One process at a time may use a key.
   */
  readonly idempotencyKey?: string;
}

const keyTag = 'mlflow.tsClient.key';
/** Its name before 0.2, which MLflow's pages show among the user's own tags. */
const formerKeyTag = 'mlflow-ts-client.key';
const callTag = 'mlflow.tsClient.call';

export interface RunCreation {
  readonly connection: Connection;
  readonly truncate: boolean;
  readonly token: string;
}

/**
 * Makes one run. Each call marks its run with a tag of its own. After a lost reply the run is looked for by that tag;
 * should the server have made one more meanwhile (a request that was given up, but went through later), the surplus
 * ones, which nobody has seen, are deleted.
 */
export async function createRun(
  creation: RunCreation,
  experimentId: string,
  options: CreateRun,
): Promise<Run> {
  const { connection, token } = creation;
  const body = bodyOf(creation, experimentId, options);
  if (options.idempotencyKey !== undefined) {
    const found = await findByKey(connection, { experimentId, key: options.idempotencyKey, call: options });
    if (found !== undefined) return found;
  }
  let asked = false;
  const mine = { experimentId, tag: callTag, value: token };
  const settle = async () => {
    asked = true;
    return first(await connection.postOnce('/runs/search', searchBody(mine), options));
  };
  const answer = await connection.post('/runs/create', body, { call: options, settle });
  const run = toRun(object(answer.run));
  if (!asked) return run;
  const all = await connection.post('/runs/search', searchBody(mine), { call: options });
  for (const surplus of list(all.runs).map(toRun)) {
    if (surplus.info.runId === run.info.runId) continue;
    await connection.post('/runs/delete', { run_id: surplus.info.runId }, { call: options });
  }
  return run;
}

/** The active run with this key; the first by start where there are several. */
export async function findByKey(
  connection: Connection,
  { experimentId, key, call }: { experimentId: string; key: string; call: CallOptions },
): Promise<Run | undefined> {
  checkExperimentId(experimentId);
  checkIdempotencyKey(key);
  for (const tag of [keyTag, formerKeyTag]) {
    const body = searchBody({ experimentId, tag, value: key });
    const found = first(await connection.post('/runs/search', body, { call }));
    if (found) return toRun(object(found.run));
  }
  return undefined;
}

function first(answer: Wire): Wire | undefined {
  const run = list(answer.runs)[0];
  return run && { run };
}

function searchBody({
  experimentId,
  tag,
  value,
}: {
  experimentId: string;
  tag: string;
  value: string;
}): Wire {
  return {
    experiment_ids: [experimentId],
    filter: `tags.\`${tag}\` = '${value}'`,
    run_view_type: 'ACTIVE_ONLY',
    max_results: 100,
    order_by: ['attributes.start_time ASC'],
  };
}

function bodyOf({ truncate, token }: RunCreation, experimentId: string, options: CreateRun): Wire {
  checkExperimentId(experimentId);
  if (options.parentRunId !== undefined) checkRunId(options.parentRunId);
  if (options.idempotencyKey !== undefined) checkIdempotencyKey(options.idempotencyKey);
  const tags = {
    ...options.tags,
    ...(options.userId !== undefined && { 'mlflow.user': options.userId }),
    ...(options.parentRunId !== undefined && { 'mlflow.parentRunId': options.parentRunId }),
    ...(options.idempotencyKey !== undefined && { [keyTag]: options.idempotencyKey }),
    [callTag]: token,
  };
  return {
    experiment_id: experimentId,
    run_name: options.runName,
    user_id: options.userId,
    start_time: options.startTime,
    tags: checkLabels(tags, { kind: 'tag', truncate }).pairs,
  };
}

function checkIdempotencyKey(key: string): void {
  if (/^[^'"`\\\p{Cc}]{1,500}$/u.test(key)) return;
  throw new MlflowError(
    `idempotency key ${quote(key)}: quotes, backslashes and control characters cannot be searched for`,
    {
      cure: 'give 1 to 500 other characters, such as a hash',
    },
  );
}
