import { MlflowClient } from 'mlflow-ts-client';
import type { Clock } from '@medgan/plugin-api';
import type { SystemSampling } from './system-load.ts';
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

/** Seconds between two samples of the machine's load, as in MLflow's own client. */
const SAMPLING_SECONDS = 10;

/**
 * How the load of the machine is sampled: by MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING for every run and study, else for
 * those whose control file asks for it.
 */
export function samplingFrom(env: Environment, clock: Clock): SystemSampling {
  const seconds = Number(env['MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL'] || SAMPLING_SECONDS);
  return {
    clock,
    interval: 1000 * (seconds > 0 ? seconds : SAMPLING_SECONDS),
    always: /^(true|1)$/i.test(env['MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING'] ?? ''),
  };
}

/** The page of a run in MLflow, or of its experiment. */
export const runPage = (
  uri: string,
  { experimentId, runId }: { experimentId: string; runId?: string },
): string => `${uri}/#/experiments/${experimentId}${runId === undefined ? '' : `/runs/${runId}`}`;
