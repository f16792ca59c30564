import type { Connection } from './connection.ts';
import { MlflowError, quote } from './errors.ts';
import { checkRunId } from './names.ts';
import { paged } from './paging.ts';
import type { CallOptions } from './types.ts';
import { text } from './wire.ts';

/** A version of a registered model. */
export interface ModelVersion {
  readonly name: string;
  /** A whole number from 1 on, as the server counts. */
  readonly version: string;
  /** Where its files lie. */
  readonly source: string;
  readonly runId: string;
}

/** A model to be registered. */
export interface NewVersion {
  /** Name of the registered model, which is made if there is none. */
  readonly name: string;
  /** Folder of an MLflow model, as an address: `<artifact address of the run>/<folder>`. */
  readonly source: string;
  /** The run whose artifact it is. */
  readonly runId: string;
  /** The logged model that it is, on a server that has such. */
  readonly modelId?: string;
}

/** Registered models: `client.registry`. */
export class Registry {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Registers a model as the next version of a name. A version of the same run and place is given back instead of a second
   * one, so that the call may be repeated.
   */
  async register(
    { name, source, runId, modelId }: NewVersion,
    call: CallOptions = {},
  ): Promise<ModelVersion> {
    checkModelName(name);
    checkRunId(runId);
    const known = async (): Promise<ModelVersion | undefined> => {
      for await (const version of this.versions(name, call))
        if (version.runId === runId && version.source === source) return version;
      return undefined;
    };
    const found = await known();
    if (found) return found;
    await this.#connection.post('/registered-models/create', { name }, { call }).catch((error: unknown) => {
      if (!(error instanceof MlflowError) || error.errorCode !== 'RESOURCE_ALREADY_EXISTS') throw error;
    });
    const settle = async (): Promise<Record<string, unknown> | undefined> => {
      const made = await known();
      return made && { model_version: { ...made, run_id: made.runId } };
    };
    const body = { name, source, run_id: runId, ...(modelId !== undefined && { model_id: modelId }) };
    const answer = await this.#connection.post('/model-versions/create', body, { call, settle });
    return toVersion(answer.model_version);
  }

  /** The versions of a registered model, fetched page by page; none where there is no such model. */
  async *versions(name: string, call: CallOptions = {}): AsyncGenerator<ModelVersion, void, undefined> {
    checkModelName(name);
    const pages = paged('model_versions', (pageToken) =>
      this.#connection.get(
        '/model-versions/search',
        { filter: `name='${name}'`, max_results: '200', page_token: pageToken },
        call,
      ),
    );
    for await (const wire of pages) yield toVersion(wire);
  }
}

function toVersion(field: unknown): ModelVersion {
  const { name, version, source, run_id: runId } = field as Record<string, unknown>;
  return { name: text(name), version: String(version), source: text(source), runId: text(runId) };
}

/** What MLflow takes, without the quotes that would end a filter. */
function checkModelName(name: string): void {
  if (/^[^/:.'"`\\%\p{Cc}]{1,256}$/u.test(name)) return;
  throw new MlflowError(`model name ${quote(name)} is none that MLflow takes`, {
    cure: 'use 1 to 256 characters without / : . % and quotes',
  });
}
