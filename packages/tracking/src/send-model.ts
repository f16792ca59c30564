import type { MlflowClient, Run } from 'mlflow-ts-client';
import { MODEL_FOLDER, type LoggedRun, type OpenedModel } from './generator-model.ts';

/** The tag by which MLflow knows the models among a run's artifacts. */
const HISTORY_TAG = 'mlflow.log-model.history';

interface SendModelOptions {
  readonly model: OpenedModel;
  /** Name under which it is registered, where that is asked for. */
  readonly register?: string;
  readonly logged: LoggedRun;
  readonly signal?: AbortSignal;
}

/** Uploads a generator as a model of its run, and registers it where that is asked for. Doing it twice does no harm. */
export async function sendModel(
  client: MlflowClient,
  run: Run,
  { model, register, logged, signal }: SendModelOptions,
): Promise<void> {
  const call = signal ? { signal } : {};
  const { files, description } = await model.make(logged);
  for (const { name, content } of files) {
    await client.artifacts.uploadBytes(run, { bytes: content, to: `${MODEL_FOLDER}/${name}` }, call);
  }
  const { runId, artifactUri } = run.info;
  await client.runs.setTag(runId, { key: HISTORY_TAG, value: JSON.stringify([description]) }, call);
  if (register === undefined) return;
  const source = `${artifactUri.replace(/\/+$/, '')}/${MODEL_FOLDER}`;
  await client.registry.register({ name: register, source, runId }, call);
}
