import type { MlflowClient, Run } from 'mlflow-ts-client';
import { MODEL_NAME, type OpenedModel } from './generator-model.ts';

/** The tag by which MLflow before 3 knows the models among a run's artifacts. */
const HISTORY_TAG = 'mlflow.log-model.history';

interface SendModelOptions {
  readonly model: OpenedModel;
  /** Name under which it is registered, where that is asked for. */
  readonly register?: string;
  /** Milliseconds since the Unix epoch. */
  readonly endTime: number;
  readonly signal?: AbortSignal;
}

/**
 * Logs a generator as a model of its run, and registers it where that is asked for. MLflow 3 keeps models beside the run,
 * servers before it among its artifacts; `runs:/<run>/generator` names both. Doing it twice does no harm.
 */
export async function sendModel(
  client: MlflowClient,
  run: Run,
  { model, register, endTime, signal }: SendModelOptions,
): Promise<void> {
  const call = signal ? { signal } : {};
  const { runId, experimentId, artifactUri } = run.info;
  const logged = await client.loggedModels.getOrCreate({ experimentId, runId, name: MODEL_NAME }, call);
  const modelId = logged?.modelId;
  const { files, description } = await model.make({ runId, endTime, ...(modelId && { modelId }) });
  for (const { name, content } of files) {
    const to = logged ? name : `${MODEL_NAME}/${name}`;
    await client.artifacts.uploadBytes(logged ?? run, { bytes: content, to }, call);
  }
  if (logged) await client.loggedModels.finish(logged, model.step, call);
  else await client.runs.setTag(runId, { key: HISTORY_TAG, value: JSON.stringify([description]) }, call);
  if (register === undefined) return;
  const source = logged?.artifactUri ?? `${artifactUri.replace(/\/+$/, '')}/${MODEL_NAME}`;
  await client.registry.register({ name: register, source, runId, ...(modelId && { modelId }) }, call);
}
