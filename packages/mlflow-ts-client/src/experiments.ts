import type { Connection } from './connection.ts';
import { MlflowError, quote } from './errors.ts';
import { Fault } from './fault.ts';
import { limits } from './limits.ts';
import { checkExperimentId, checkExperimentName, checkKey, checkLength } from './names.ts';
import { paged } from './paging.ts';
import type { CallOptions, Experiment, Labels, Scalar, ViewType } from './types.ts';
import { object, text, toExperiment, toPairs } from './wire.ts';

export interface CreateExperiment extends CallOptions {
  /** Where its runs keep their artifacts; the server's own place by default. */
  readonly artifactLocation?: string;
  readonly tags?: Labels;
}

export interface ExperimentQuery extends CallOptions {
  /** MLflow's filter language, such as `name LIKE 'isic-%'`. */
  readonly filter?: string;
  /** 'ACTIVE_ONLY' by default. */
  readonly viewType?: ViewType;
  readonly orderBy?: readonly string[];
  /** Items per request; 1000 by default. */
  readonly pageSize?: number;
}

/** The tag that identifies an experiment whose creation got no reply. */
const callTag = 'mlflow.tsClient.call';

/** The experiments of a server: `client.experiments`. */
export class Experiments {
  readonly #connection: Connection;
  readonly #newToken: () => string;

  constructor(connection: Connection, newToken: () => string) {
    this.#connection = connection;
    this.#newToken = newToken;
  }

  /**
   * @returns its id
   * @throws MlflowError with errorCode `RESOURCE_ALREADY_EXISTS` where the name is taken, also by a deleted one.
   */
  async create(name: string, options: CreateExperiment = {}): Promise<string> {
    checkExperimentName(name);
    for (const [key, value] of Object.entries(options.tags ?? {})) checkTag(key, value);
    const token = this.#newToken();
    const body = {
      name,
      artifact_location: options.artifactLocation,
      tags: toPairs({ ...options.tags, [callTag]: token }),
    };
    const settle = async () => {
      const found = await this.#byNameOnce(name, options);
      return found?.tags[callTag] === token ? { experiment_id: found.experimentId } : undefined;
    };
    const answer = await this.#connection.post('/experiments/create', body, { call: options, settle });
    return text(answer.experiment_id);
  }

  /** The experiment of this id, a deleted one too. @throws MlflowError where there is none. */
  async get(experimentId: string, call: CallOptions = {}): Promise<Experiment> {
    checkExperimentId(experimentId);
    const answer = await this.#connection.get('/experiments/get', { experiment_id: experimentId }, call);
    return toExperiment(object(answer.experiment));
  }

  /** Undefined if there is none. A deleted one is found too; see `lifecycleStage`. */
  async getByName(name: string, call: CallOptions = {}): Promise<Experiment | undefined> {
    checkExperimentName(name);
    return this.#connection.retrier.run(
      { method: 'GET', path: byName, attempt: () => this.#byNameOnce(name, call) },
      call.signal,
    );
  }

  /**
   * The experiment of this name, made if there is none; safe when several processes do so at once.
   * @throws MlflowError when it is there but deleted.
   */
  async getOrCreate(name: string, options: CreateExperiment = {}): Promise<Experiment> {
    const found = await this.getByName(name, options);
    if (found !== undefined) return active(found);
    try {
      return await this.get(await this.create(name, options), options);
    } catch (error) {
      if (!(error instanceof MlflowError) || error.errorCode !== 'RESOURCE_ALREADY_EXISTS') throw error;
      const others = await this.getByName(name, options);
      if (others === undefined) throw error;
      return active(others);
    }
  }

  /** All that match, fetched page by page as they are wanted. */
  async *search(query: ExperimentQuery = {}): AsyncGenerator<Experiment, void, undefined> {
    const pages = paged('experiments', (pageToken) => {
      const body = {
        max_results: query.pageSize ?? 1000,
        filter: query.filter,
        view_type: query.viewType ?? 'ACTIVE_ONLY',
        order_by: query.orderBy,
        page_token: pageToken,
      };
      return this.#connection.post('/experiments/search', body, { call: query });
    });
    for await (const wire of pages) yield toExperiment(wire);
  }

  /** Sets one tag of the experiment, over the value it had. */
  async setTag(
    experimentId: string,
    tag: { key: string; value: Scalar },
    call: CallOptions = {},
  ): Promise<void> {
    checkExperimentId(experimentId);
    checkTag(tag.key, tag.value);
    const body = { experiment_id: experimentId, key: tag.key, value: String(tag.value) };
    await this.#connection.post('/experiments/set-experiment-tag', body, { call });
  }

  /** Gives the experiment another name. @throws MlflowError where that is taken. */
  async rename(experimentId: string, name: string, call: CallOptions = {}): Promise<void> {
    checkExperimentId(experimentId);
    checkExperimentName(name);
    await this.#connection.post(
      '/experiments/update',
      { experiment_id: experimentId, new_name: name },
      { call },
    );
  }

  /** Deletes it and its runs in a way that `restore` undoes. */
  async delete(experimentId: string, call: CallOptions = {}): Promise<void> {
    await this.#move('/experiments/delete', { experimentId, stage: 'deleted', call });
  }

  /** Undoes `delete`. */
  async restore(experimentId: string, call: CallOptions = {}): Promise<void> {
    await this.#move('/experiments/restore', { experimentId, stage: 'active', call });
  }

  /** The server refuses to delete a deleted experiment, so after a lost reply its stage is looked up. */
  async #move(path: string, to: { experimentId: string; stage: string; call: CallOptions }): Promise<void> {
    checkExperimentId(to.experimentId);
    const ask = { experiment_id: to.experimentId };
    const settle = async () => {
      const { experiment } = await this.#connection.getOnce('/experiments/get', ask, to.call);
      return object(experiment).lifecycle_stage === to.stage ? {} : undefined;
    };
    await this.#connection.post(path, ask, { call: to.call, settle });
  }

  async #byNameOnce(name: string, call: CallOptions): Promise<Experiment | undefined> {
    try {
      const answer = await this.#connection.getOnce(
        '/experiments/get-by-name',
        { experiment_name: name },
        call,
      );
      return toExperiment(object(answer.experiment));
    } catch (fault) {
      if (fault instanceof Fault && fault.error.errorCode === 'RESOURCE_DOES_NOT_EXIST') return undefined;
      throw fault;
    }
  }
}

const byName = '/api/2.0/mlflow/experiments/get-by-name';

function checkTag(key: string, value: Scalar): void {
  checkKey('experiment tag', key);
  checkLength(`experiment tag ${quote(key)}: its value`, String(value), limits.experimentTagValueLength);
}

function active(experiment: Experiment): Experiment {
  if (experiment.lifecycleStage === 'active') return experiment;
  const { name, experimentId } = experiment;
  throw new MlflowError(
    `experiment ${quote(name)} (id ${experimentId}) is deleted, and its name still taken`,
    {
      errorCode: 'RESOURCE_ALREADY_EXISTS',
      cure: `restore it (\`mlflow experiments restore --experiment-id ${experimentId}\`), remove it for good (\`mlflow gc\`), or use another name`,
    },
  );
}
