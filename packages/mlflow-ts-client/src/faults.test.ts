import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { json, serve } from './http-server.testing.ts';
import type { SmallServer } from './http-server.testing.ts';
import { MlflowClient } from './index.ts';
import type { MlflowClientOptions } from './index.ts';
import { freePort } from './real-server.testing.ts';

let server: SmallServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

function clientOf(options: Partial<MlflowClientOptions> = {}) {
  const waits: number[] = [];
  const client = new MlflowClient({
    trackingUri: server!.url,
    random: () => 0.5,
    sleep: (milliseconds) => Promise.resolve(void waits.push(milliseconds)),
    ...options,
  });
  return { client, waits };
}

const version = '/version';

describe('retries', () => {
  test('wait longer and longer, with jitter, up to a limit', async () => {
    const answers = [408, 429, 500, 502, 503, 504, 500];
    server = await serve((_, response) => response.writeHead(answers.shift() ?? 200).end('3.0.0'));
    const { client, waits } = clientOf({ retry: { maxDelayMs: 60_000 } });
    expect(await client.serverVersion()).toBe('3.0.0');
    expect(waits).toEqual([2500, 4500, 8500, 16_500, 32_500, 60_000, 60_000]);
  });

  test('honour Retry-After, in seconds and as a date', async () => {
    const answers = ['9', 'Tue, 24 Nov 2026 20:00:20 GMT', 'soon'];
    server = await serve((_, response) => {
      const after = answers.shift();
      if (after === undefined) return void response.end('3.0.0');
      response.sendDate = false;
      response.writeHead(503, { 'retry-after': after, date: 'Tue, 24 Nov 2026 20:00:00 GMT' }).end();
    });
    const { client, waits } = clientOf();
    await client.serverVersion();
    expect(waits).toEqual([9000, 20_000, 8500]);
  });

  test('end after the last, and say what was', async () => {
    server = await serve((_, response) =>
      json(response, { error_code: 'INTERNAL_ERROR', message: 'disk full' }, 500),
    );
    const events: string[] = [];
    const { client } = clientOf({
      retry: { maxRetries: 2 },
      onRetry: (event) => events.push(`${event.attempt} ${event.path}`),
    });
    await expect(client.serverVersion()).rejects.toMatchObject({
      message: `[mlflow] GET ${version} at ${server.url}: 500 INTERNAL_ERROR: disk full\n  cure: read the log of the MLflow server`,
      status: 500,
      errorCode: 'INTERNAL_ERROR',
      transient: true,
    });
    expect(events).toEqual(['1 /version', '2 /version']);
  });

  test.each([400, 401, 403, 404, 413, 501])('%i is not tried again', async (status) => {
    server = await serve((_, response) => response.writeHead(status).end('<html><b>no</b></html>'));
    const { client } = clientOf();
    await expect(client.serverVersion()).rejects.toMatchObject({ status, transient: false });
    expect(server.heard).toHaveLength(1);
  });

  test('time out a server that says nothing, and one that stops amid an answer', async () => {
    let count = 0;
    server = await serve((_, response) => {
      if (count++ === 1) response.writeHead(200, { 'content-length': '10' }).write('3.0');
      if (count === 3) response.end('3.0.0');
    });
    const { client, waits } = clientOf({ timeoutMs: 150 });
    expect(await client.serverVersion()).toBe('3.0.0');
    expect(waits).toHaveLength(2);
  });

  test('end at once when the caller gives up, also while waiting', async () => {
    server = await serve((_, response) => response.writeHead(500).end());
    const controller = new AbortController();
    const client = new MlflowClient({
      trackingUri: server.url,
      onRetry: () => setImmediate(() => controller.abort(new Error('enough'))),
    });
    await expect(client.serverVersion({ signal: controller.signal })).rejects.toThrow(/^enough$/);
    expect(server.heard).toHaveLength(1);
  });

  test('report a server that is not there, and look nothing up that was never sent', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const client = new MlflowClient({
      trackingUri: url,
      retry: { maxRetries: 1 },
      sleep: () => Promise.resolve(),
    });
    await expect(
      client.runs.logMetric('abc', { key: 'm', value: 1, timestamp: 1, step: 1 }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(
        /log-batch at .*ECONNREFUSED[^]*cure: check that the server runs and that the tracking URI is right/,
      ),
      transient: true,
    });
  });

  test('429 is a refusal: nothing is looked for before sending again', async () => {
    const answers = [429, 429];
    server = await serve((_, response) => json(response, {}, answers.shift() ?? 200));
    await clientOf().client.runs.logMetric('abc', { key: 'm', value: 1, timestamp: 1, step: 1 });
    expect(server.heard.map((one) => one.url.split('/').at(-1))).toEqual([
      'log-batch',
      'log-batch',
      'log-batch',
    ]);
  });
});

describe('requests', () => {
  test.each([
    [{ auth: { username: 'ä', password: 'b:c' } }, `Basic ${Buffer.from('ä:b:c').toString('base64')}`],
    [{ auth: { token: 'secret' } }, 'Bearer secret'],
    [{}, undefined],
  ])('carry %j', async (options, authorization) => {
    server = await serve((_, response) => response.end('3'));
    await clientOf({ ...options, workspace: 'w', headers: { 'x-own': '1' } }).client.serverVersion();
    expect(server.heard[0]?.headers).toMatchObject({ 'x-mlflow-workspace': 'w', 'x-own': '1' });
    expect(server.heard[0]?.headers.authorization).toBe(authorization);
  });

  test('keep a path before the API, and take a user from the address', async () => {
    server = await serve((_, response) => response.end('3'));
    const { client } = clientOf({ trackingUri: server.url.replace('//', '//me:p%40ss@') + '/ml/' });
    await client.serverVersion();
    expect(client.trackingUri).toBe(`${server.url}/ml`);
    expect(server.heard[0]).toMatchObject({
      url: '/ml/version',
      headers: { authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` },
    });
  });

  test('follow no redirect', async () => {
    server = await serve((_, response) => response.writeHead(302, { location: 'https://elsewhere/' }).end());
    await expect(clientOf().client.serverVersion()).rejects.toThrow('set the tracking URI to that address');
  });

  test('refuse an answer that is no JSON', async () => {
    server = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>sign in'),
    );
    await expect(clientOf().client.runs.get('abc')).rejects.toThrow(
      /the answer is not JSON: "<html>sign in"/,
    );
  });

  test('send 64-bit integers as numbers, and read numbers and strings', async () => {
    const big = 9_007_199_254_740_993n;
    const point = (step: unknown) =>
      `{"key":"m","value":1.5,"timestamp":${String(big)},"step":${String(step)}}`;
    server = await serve(({ url }, response) => {
      const metrics = `[${point(big)},${point(`"${big}"`)},${point(3)},${point('"3"')}]`;
      json(response, url.includes('get-history') ? `{"metrics":${metrics}}` : '{}');
    });
    const { client } = clientOf();
    await client.runs.logMetric('abc', { key: 'm', value: 1.5, timestamp: 1, step: big });
    expect(server.heard[0]?.body).toContain(`"timestamp":1,"step":${big}}`);
    const steps: unknown[] = [];
    for await (const { step, timestamp } of client.runs.metricHistory('abc', 'm'))
      steps.push([step, timestamp]);
    expect(steps).toEqual([big, big, 3, 3].map((step) => [step, big]));
  });

  test('end a paging that goes round in circles', async () => {
    server = await serve((_, response) => json(response, { metrics: [], next_page_token: 'again' }));
    const walk = async () => {
      for await (const _ of clientOf().client.runs.metricHistory('abc', 'm'));
    };
    await expect(walk()).rejects.toThrow('the same page of metrics again and again');
  });

  test('check everything before anything is sent', async () => {
    server = await serve((_, response) => json(response, {}));
    const { client } = clientOf({ truncateLongValues: false, nonFinite: 'error' });
    const good = { key: 'm', value: 1, timestamp: 1, step: 1 };
    for (const batch of [
      { metrics: [good, { ...good, key: '../up' }] },
      { metrics: [good, { ...good, value: Number.NaN }] },
      { metrics: [good, { ...good, step: 1.5 }] },
      { metrics: [good], params: { p: 'x'.repeat(6001) } },
      { metrics: [good], tags: { 'a#b': 1 } },
    ]) {
      await expect(client.runs.logBatch('abc', batch)).rejects.toThrow(/cure: /);
    }
    expect(server.heard).toEqual([]);
  });

  test('a failing source of an upload is no fault of the network', async () => {
    server = await serve((_, response) => response.end());
    const { client } = clientOf();
    const open = async function* () {
      yield Buffer.from('a');
      await Promise.resolve();
      throw new Error('disk gone');
    };
    const info = { runId: 'abc', artifactUri: 'mlflow-artifacts:/1/abc/artifacts' };
    await expect(client.artifacts.uploadStream(info as never, { open, to: 'a.bin' })).rejects.toThrow(
      /^disk gone$/,
    );
  });
});

describe('TLS', () => {
  test('trusts the given authority, or any if insecure, and no unknown one by default', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mlflow-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
        ],
        ...[
          '-keyout',
          key,
          '-out',
          cert,
          '-subj',
          '/CN=localhost',
          '-addext',
          'subjectAltName=DNS:localhost',
        ],
      ],
      { stdio: 'ignore' },
    );
    const https = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
      response.end('3.0.0'),
    );
    await new Promise<void>((resolve) => https.listen(0, 'localhost', resolve));
    const { port } = https.address() as { port: number };
    const trackingUri = `https://localhost:${port}`;
    try {
      await expect(new MlflowClient({ trackingUri }).serverVersion()).rejects.toThrow(
        /MLFLOW_TRACKING_SERVER_CERT_PATH/,
      );
      for (const tls of [{ caFile: cert }, { insecure: true }]) {
        const client = new MlflowClient({ trackingUri, tls });
        expect(await client.serverVersion()).toBe('3.0.0');
        await client.close();
      }
      const missing = new MlflowClient({ trackingUri, tls: { caFile: join(folder, 'none.pem') } });
      await expect(missing.serverVersion()).rejects.toThrow(/none.pem" cannot be read/);
    } finally {
      https.closeAllConnections();
      await new Promise((resolve) => https.close(resolve));
      rmSync(folder, { recursive: true });
    }
  });
});
