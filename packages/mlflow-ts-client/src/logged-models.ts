import type { Connection } from './connection.ts';
import { MlflowError } from './errors.ts';
import { checkRunId } from './names.ts';
import { paged } from './paging.ts';
import type { CallOptions, Int64 } from './types.ts';
import { list, object, text } from './wire.ts';
import type { Wire } from './wire.ts';

/** A model that a run has made, as MLflow 3 keeps it: beside the run, with files of its own. */
export interface LoggedModel {
  readonly modelId: string;
  readonly name: string;
  readonly runId: string;
  /** Where its files lie: `client.artifacts` takes it in place of a run. */
  readonly artifactUri: string;
  readonly isReady: boolean;
}

/** Which model of which run. */
export interface ModelOfRun {
  readonly experimentId: string;
  readonly runId: string;
  readonly name: string;
}

/** What servers before MLflow 3 answer. */
const unknownCall: readonly (number | undefined)[] = [404, 405, 501];

/** Logged models: `client.loggedModels`. */
export class LoggedModels {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * The model of this name that the run has, made if there is none. Its files are uploaded next, and `finish` ends it.
   * @returns undefined where the server knows no logged models: before MLflow 3
   */
  async getOrCreate(of: ModelOfRun, call: CallOptions = {}): Promise<LoggedModel | undefined> {
    checkRunId(of.runId);
    try {
      const found = await this.#find(of, call);
      if (found) return found;
      const settle = async (): Promise<Wire | undefined> => {
        const made = await this.#find(of, call);
        return made && { model: { info: wireOf(made) } };
      };
      const body = { experiment_id: of.experimentId, name: of.name, source_run_id: of.runId };
      const answer = await this.#connection.post('/logged-models', body, { call, settle });
      return toModel(answer.model);
    } catch (error) {
      if (error instanceof MlflowError && unknownCall.includes(error.status)) return undefined;
      throw error;
    }
  }

  /** Notes that all files of the model are there, and that it came out of its run at a step. */
  async finish(model: LoggedModel, step: Int64, call: CallOptions = {}): Promise<void> {
    const { modelId, runId } = model;
    // Servers on SQL refuse the same output a second time.
    if (!(await this.#isOutput(model, call))) {
      const models = [{ model_id: modelId, step }];
      const settle = async (): Promise<Wire | undefined> =>
        (await this.#isOutput(model, call)) ? {} : undefined;
      await this.#connection.post('/runs/outputs', { run_id: runId, models }, { call, settle });
    }
    const body = { model_id: modelId, status: 'LOGGED_MODEL_READY' };
    await this.#connection.patch(`/logged-models/${modelId}`, body, call);
  }

  async #isOutput({ modelId, runId }: LoggedModel, call: CallOptions): Promise<boolean> {
    const { run } = await this.#connection.get('/runs/get', { run_id: runId }, call);
    const { outputs } = object(run);
    const models = outputs === undefined ? [] : list(object(outputs).model_outputs);
    return models.some((output) => object(output).model_id === modelId);
  }

  async #find(
    { experimentId, runId, name }: ModelOfRun,
    call: CallOptions,
  ): Promise<LoggedModel | undefined> {
    const pages = paged('models', (pageToken) => {
      const body = { experiment_ids: [experimentId], filter: `name = '${name}'`, page_token: pageToken };
      return this.#connection.post('/logged-models/search', body, { call });
    });
    for await (const wire of pages) {
      const model = toModel(wire);
      if (model.runId === runId) return model;
    }
    return undefined;
  }
}

function toModel(wire: unknown): LoggedModel {
  const info = object(object(wire).info);
  return {
    modelId: text(info.model_id),
    name: text(info.name),
    runId: text(info.source_run_id),
    artifactUri: text(info.artifact_uri),
    isReady: info.status === 'LOGGED_MODEL_READY',
  };
}

const wireOf = ({ modelId, name, runId, artifactUri, isReady }: LoggedModel): Wire => ({
  model_id: modelId,
  name,
  source_run_id: runId,
  artifact_uri: artifactUri,
  status: isReady ? 'LOGGED_MODEL_READY' : 'LOGGED_MODEL_PENDING',
});
