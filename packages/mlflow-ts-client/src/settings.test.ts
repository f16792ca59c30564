import { describe, expect, test } from 'vitest';
import { checkArtifactPath, checkProxiedPath, parseArtifactRoot } from './artifact-root.ts';
import { optionsFromEnvironment } from './environment.ts';
import { MlflowClient } from './index.ts';
import { checkKey, cutTo } from './names.ts';
import { identityOf } from './points.ts';

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
}

describe('tracking URIs', () => {
  test.each([
    ['sqlite:///mlflow.db', '`mlflow server --backend-store-uri sqlite:///mlflow.db`'],
    ['postgresql+psycopg2://u:secret@db/x', '`mlflow server --backend-store-uri postgresql+psycopg2://…`'],
    ['databricks', 'MLFLOW_TRACKING_TOKEN'],
    ['databricks://profile', 'MLFLOW_TRACKING_TOKEN'],
    ['./mlruns', 'start a server'],
    ['C:\\mlruns', 'start a server'],
    ['file:///data/mlruns', 'start a server'],
    ['127.0.0.1:5601', 'write it as http://127.0.0.1:5601'],
    ['ftp://u:secret@host', 'start a server'],
    ['http://user:%secret@host', 'write it as %25, or set MLFLOW_TRACKING_PASSWORD'],
    ['http://us%er:secret@host', 'write it as %25, or set MLFLOW_TRACKING_USERNAME'],
    ['http://', 'write it as http://host:port'],
    [' ', 'start a server'],
  ])('%s is refused with a cure', (trackingUri, cure) => {
    const message = messageOf(() => new MlflowClient({ trackingUri }));
    expect(message).toContain(cure);
    expect(message).toContain('cure: ');
    expect(message).not.toContain('secret');
  });
});

describe('environment', () => {
  const env = { MLFLOW_TRACKING_URI: 'http://host:5000' };

  test('a password wins over a token', () => {
    const both = { MLFLOW_TRACKING_USERNAME: 'u', MLFLOW_TRACKING_PASSWORD: 'p', MLFLOW_TRACKING_TOKEN: 't' };
    expect(optionsFromEnvironment({ ...env, ...both }).auth).toEqual({ username: 'u', password: 'p' });
    expect(optionsFromEnvironment({ ...env, ...both, MLFLOW_TRACKING_PASSWORD: '' }).auth).toEqual({
      token: 't',
    });
  });

  test('numbers and switches are read', () => {
    expect(
      optionsFromEnvironment({
        ...env,
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: '3',
        MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: '0.5',
        MLFLOW_HTTP_REQUEST_BACKOFF_JITTER: '0',
        MLFLOW_HTTP_REQUEST_TIMEOUT: '10',
        MLFLOW_TRUNCATE_LONG_VALUES: 'False',
        MLFLOW_TRACKING_INSECURE_TLS: '1',
        MLFLOW_WORKSPACE: 'w',
      }),
    ).toEqual({
      trackingUri: 'http://host:5000',
      workspace: 'w',
      tls: { insecure: true },
      timeoutMs: 10_000,
      retry: { maxRetries: 3, backoffFactor: 0.5, jitter: 0 },
      truncateLongValues: false,
    });
  });

  test('what cannot be is refused by its name', () => {
    expect(messageOf(() => optionsFromEnvironment({}))).toContain('MLFLOW_TRACKING_URI is not set');
    expect(
      messageOf(() => optionsFromEnvironment({ ...env, MLFLOW_HTTP_REQUEST_TIMEOUT: 'long' })),
    ).toContain('MLFLOW_HTTP_REQUEST_TIMEOUT is "long"');
    expect(
      messageOf(() => optionsFromEnvironment({ ...env, MLFLOW_TRUNCATE_LONG_VALUES: 'maybe' })),
    ).toContain('true or false');
    const tls = { MLFLOW_TRACKING_INSECURE_TLS: 'true', MLFLOW_TRACKING_SERVER_CERT_PATH: '/ca.pem' };
    expect(messageOf(() => MlflowClient.fromEnvironment({ ...env, ...tls }))).toContain(
      'contradict each other',
    );
  });
});

describe('names', () => {
  test.each(['loss', 'loss/generator', 'a:b c-d_e.f', 'größe', 'x'.repeat(250)])('%s is one', (key) => {
    expect(() => checkKey('metric', key)).not.toThrow();
  });

  test.each(['', 'a#b', 'a\n', '/a', 'a/', 'a//b', '../a', 'a/../b', '.', './a', 'x'.repeat(251)])(
    '%j is none',
    (key) => {
      expect(messageOf(() => checkKey('metric', key))).toContain('cure: ');
    },
  );

  test('cutting splits no character', () => {
    expect(cutTo('a😀b', 2)).toBe('a😀');
    expect(cutTo('abc', 3)).toBe('abc');
  });

  test('a point is its key, step, timestamp and value', () => {
    const point = { key: 'm', value: 0.1, timestamp: 1, step: 2 };
    expect(identityOf(point)).toBe(identityOf({ ...point, step: 2n }));
    expect(identityOf({ ...point, value: -0 })).toBe(identityOf({ ...point, value: 0 }));
    expect(identityOf({ ...point, value: Infinity })).toBe(identityOf({ ...point, value: Number.MAX_VALUE }));
    expect(identityOf({ ...point, value: Number.NaN })).not.toBe(identityOf(point));
  });
});

describe('artifact places', () => {
  const base = 'https://host/ml';

  test.each([
    ['mlflow-artifacts:/1/r/artifacts', 'https://host/ml/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts'],
    ['mlflow-artifacts://other:5500/1/r x', 'https://other:5500/api/2.0/mlflow-artifacts/artifacts/1/r%20x'],
    ['http://host/store/', 'http://host/store'],
  ])('%s is reached through a server', (uri, address) => {
    expect(parseArtifactRoot(uri, base)).toEqual({ kind: 'proxy', address });
  });

  test.each(['file:///data/my%20runs', '/data/my runs'])('%s is a folder', (uri) => {
    expect(parseArtifactRoot(uri, base)).toEqual({ kind: 'folder', path: '/data/my runs' });
  });

  test.each(['s3://bucket/x', 'gs://bucket/x', 'wasbs://c@a.blob/x', 'dbfs:/x'])(
    '%s is refused with a cure',
    (uri) => {
      const message = messageOf(() => parseArtifactRoot(uri, base));
      expect(message).toContain(uri);
      expect(message).toContain('--artifacts-destination');
    },
  );

  test.each(['', '/a', 'a//b', '../a', 'a/./b', 'a\\b', 'a\0'])('%j is no path of an artifact', (path) => {
    expect(messageOf(() => checkArtifactPath(path))).toContain('not a plain relative path');
  });

  test('names a proxy would mangle are refused', () => {
    expect(() => checkProxiedPath('images/a+step+1.png')).not.toThrow();
    expect(messageOf(() => checkProxiedPath('images/a%17b.png'))).toContain('use the one with +');
    expect(messageOf(() => checkProxiedPath('images/a#b.png'))).toContain('takes no #');
  });
});
