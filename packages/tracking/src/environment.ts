import { MlflowClient } from 'mlflow-ts-client';
import { TrackingServer } from './destination.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Milliseconds an attempt may take while training is followed: a server that hangs is soon given up, and tried again. */
const SOON = 20_000;

/** The server that MLFLOW_TRACKING_URI names. @throws MlflowError when it is missing or no server's address. */
export function serverFrom(env: Environment, { isFollowing }: { isFollowing: boolean }): TrackingServer {
  const overrides = isFollowing
    ? { retry: { maxRetries: 0 }, ...(env['MLFLOW_HTTP_REQUEST_TIMEOUT'] ? {} : { timeoutMs: SOON }) }
    : { retry: { maxRetries: 3 } };
  return new TrackingServer(MlflowClient.fromEnvironment(env, overrides), env);
}

/** The page of a run in MLflow, or of its experiment. */
export const runPage = (
  uri: string,
  { experimentId, runId }: { experimentId: string; runId?: string },
): string => `${uri}/#/experiments/${experimentId}${runId === undefined ? '' : `/runs/${runId}`}`;
