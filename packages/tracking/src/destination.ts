import { MedganError } from '@medgan/files';
import { MlflowError, type MlflowClient } from 'mlflow-ts-client';
import type { Destination } from './cursor.ts';

/** An experiment on a server, found or made. */
export interface OpenDestination extends Destination {
  readonly client: MlflowClient;
  readonly experimentId: string;
}

/** Where runs of no study go, unless MLFLOW_EXPERIMENT_NAME says otherwise. */
const LONE_RUNS = 'medgan';

/** A tracking server, and which experiment of it each run belongs to. */
export class TrackingServer {
  readonly client: MlflowClient;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #opened = new Map<string, OpenDestination>();

  constructor(client: MlflowClient, env: Readonly<Record<string, string | undefined>>) {
    this.client = client;
    this.#env = env;
  }

  /** The experiment for runs of a study: MLFLOW_EXPERIMENT_NAME or MLFLOW_EXPERIMENT_ID, else the study's name. */
  async destination(study: string | undefined, signal?: AbortSignal): Promise<OpenDestination> {
    const name = this.#env['MLFLOW_EXPERIMENT_NAME'];
    const id = this.#env['MLFLOW_EXPERIMENT_ID'];
    const wanted = name || (id ? `#${id}` : (study ?? LONE_RUNS));
    const known = this.#opened.get(wanted);
    if (known) return known;
    const call = signal ? { signal } : {};
    const experiment =
      !name && id
        ? await this.client.experiments.get(id, call).catch((cause: unknown) => {
            if (!(cause instanceof MlflowError) || cause.errorCode !== 'RESOURCE_DOES_NOT_EXIST') throw cause;
            throw new MedganError(`MLFLOW_EXPERIMENT_ID=${id}: the server has no such experiment`, {
              cure: 'unset it, or name the experiment instead: MLFLOW_EXPERIMENT_NAME',
              cause,
            });
          })
        : await this.client.experiments.getOrCreate(wanted, call);
    if (experiment.lifecycleStage === 'deleted') {
      throw new MedganError(`the MLflow experiment ${experiment.name} is deleted`, {
        cure: 'restore it in MLflow, or name another one: MLFLOW_EXPERIMENT_NAME',
      });
    }
    const opened = {
      client: this.client,
      trackingUri: this.client.trackingUri,
      experimentName: experiment.name,
      experimentId: experiment.experimentId,
    };
    this.#opened.set(wanted, opened);
    return opened;
  }
}
