import { MlflowError, quote } from './errors.ts';
import { proxiesFrom } from './proxies.ts';
import type { Auth, MlflowClientOptions, RetryOptions, TlsOptions } from './options.ts';

/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A client's options from the variables MLflow's own client reads (README.md lists them).
 * @throws MlflowError when MLFLOW_TRACKING_URI is missing, or a variable does not hold what it should.
 */
export function optionsFromEnvironment(env: Environment): MlflowClientOptions {
  const trackingUri = read(env, 'MLFLOW_TRACKING_URI');
  if (trackingUri === undefined) {
    throw new MlflowError('MLFLOW_TRACKING_URI is not set', {
      cure: 'set it to the server: http://127.0.0.1:5000',
    });
  }
  const auth = authFrom(env);
  const proxies = proxiesFrom(env);
  const workspace = read(env, 'MLFLOW_WORKSPACE');
  const seconds = numberFrom(env, 'MLFLOW_HTTP_REQUEST_TIMEOUT');
  const truncateLongValues = booleanFrom(env, 'MLFLOW_TRUNCATE_LONG_VALUES');
  return {
    trackingUri,
    ...(auth && { auth }),
    ...(workspace !== undefined && { workspace }),
    tls: tlsFrom(env),
    ...(proxies && { proxies }),
    ...(seconds !== undefined && { timeoutMs: seconds * 1000 }),
    retry: retryFrom(env),
    ...(truncateLongValues !== undefined && { truncateLongValues }),
  };
}

/** A user with a password wins over a token, as in MLflow's own client. */
function authFrom(env: Environment): Auth | undefined {
  const username = read(env, 'MLFLOW_TRACKING_USERNAME');
  const password = read(env, 'MLFLOW_TRACKING_PASSWORD');
  if (username !== undefined && password !== undefined) return { username, password };
  const token = read(env, 'MLFLOW_TRACKING_TOKEN');
  return token === undefined ? undefined : { token };
}

function tlsFrom(env: Environment): TlsOptions {
  const insecure = booleanFrom(env, 'MLFLOW_TRACKING_INSECURE_TLS');
  const caFile = read(env, 'MLFLOW_TRACKING_SERVER_CERT_PATH');
  const clientCertFile = read(env, 'MLFLOW_TRACKING_CLIENT_CERT_PATH');
  return {
    ...(insecure !== undefined && { insecure }),
    ...(caFile !== undefined && { caFile }),
    ...(clientCertFile !== undefined && { clientCertFile }),
  };
}

function retryFrom(env: Environment): RetryOptions {
  const maxRetries = numberFrom(env, 'MLFLOW_HTTP_REQUEST_MAX_RETRIES');
  const backoffFactor = numberFrom(env, 'MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR');
  const jitter = numberFrom(env, 'MLFLOW_HTTP_REQUEST_BACKOFF_JITTER');
  return {
    ...(maxRetries !== undefined && { maxRetries }),
    ...(backoffFactor !== undefined && { backoffFactor }),
    ...(jitter !== undefined && { jitter }),
  };
}

function read(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : value;
}

function numberFrom(env: Environment, name: string): number | undefined {
  const value = read(env, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isFinite(number) || number < 0) throw wrong(name, { value, wanted: 'a number, 0 or more' });
  return number;
}

function booleanFrom(env: Environment, name: string): boolean | undefined {
  const value = read(env, name)?.toLowerCase();
  if (value === undefined) return undefined;
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw wrong(name, { value, wanted: 'true or false' });
}

function wrong(name: string, { value, wanted }: { value: string; wanted: string }): MlflowError {
  return new MlflowError(`${name} is ${quote(value)}`, { cure: `set it to ${wanted}` });
}
