import { randomUUID } from 'node:crypto';
import { Artifacts } from './artifacts.ts';
import { Connection } from './connection.ts';
import { optionsFromEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { Experiments } from './experiments.ts';
import type { MlflowClientOptions } from './options.ts';
import { LoggedModels } from './logged-models.ts';
import { Registry } from './registry.ts';
import { Runs } from './runs.ts';
import type { CallOptions } from './types.ts';

/** An MLflow tracking server. Holds no state but settings: one client serves any number of runs at once. */
export class MlflowClient {
  /** Where it talks to: without credentials, without a trailing slash. */
  readonly trackingUri: string;
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly artifacts: Artifacts;
  readonly loggedModels: LoggedModels;
  readonly registry: Registry;
  readonly #connection: Connection;

  constructor(options: MlflowClientOptions) {
    const connection = new Connection(options);
    const newToken = options.newToken ?? randomUUID;
    this.#connection = connection;
    this.trackingUri = connection.transport.base;
    this.experiments = new Experiments(connection, newToken);
    this.runs = new Runs(connection, {
      newToken,
      truncate: options.truncateLongValues ?? true,
      nonFinite: options.nonFinite ?? 'skip',
    });
    this.artifacts = new Artifacts(connection, this.runs);
    this.loggedModels = new LoggedModels(connection);
    this.registry = new Registry(connection);
  }

  /**
   * A client set by the `MLFLOW_…` variables; `overrides` win.
   * @throws MlflowError when MLFLOW_TRACKING_URI is missing or no server's address.
   */
  static fromEnvironment(env: Environment, overrides: Partial<MlflowClientOptions> = {}): MlflowClient {
    const named = {
      ...env,
      ...(overrides.trackingUri !== undefined && { MLFLOW_TRACKING_URI: overrides.trackingUri }),
    };
    return new MlflowClient({ ...optionsFromEnvironment(named), ...overrides });
  }

  /** Such as `3.17.2`; also the cheapest way to learn whether the server is there. */
  async serverVersion(call: CallOptions = {}): Promise<string> {
    const exchange = { method: 'GET', path: '/version' } as const;
    const attempt = () => this.#connection.transport.text(exchange, call);
    return (await this.#connection.retrier.run({ ...exchange, attempt }, call.signal)).trim();
  }

  /** Lets go of the connections that TLS options have opened. Others need no closing. */
  async close(): Promise<void> {
    await this.#connection.transport.close();
  }
}
