import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MlflowClient } from './index.ts';
import { proxiesFrom, proxyFor } from './proxies.ts';

describe('proxyFor', () => {
  const proxies = { http: 'proxy.example.org:3128', https: 'http://tls-proxy.example.org:3129' };

  test.each([
    ['http://mlflow.lab.org:5000/', '', 'http://proxy.example.org:3128/'],
    ['https://mlflow.lab.org/', '', 'http://tls-proxy.example.org:3129/'],
    ['http://mlflow.lab.org:5000/', 'lab.org', undefined],
    ['http://mlflow.lab.org:5000/', 'other.org, .lab.org', undefined],
    ['http://mlflow.lab.org:5000/', '*.lab.org', undefined],
    ['http://mlflow.lab.org:5000/', 'mlflow.lab.org:5000', undefined],
    ['http://mlflow.lab.org:5000/', 'mlflow.lab.org:80', 'http://proxy.example.org:3128/'],
    ['http://mlflow.lab.org/', 'mlflow.lab.org:80', undefined],
    ['http://notlab.org/', 'lab.org', 'http://proxy.example.org:3128/'],
    ['http://mlflow.lab.org/', '*', undefined],
    ['http://127.0.0.1:5000/', '', undefined],
    ['http://localhost:5000/', '', undefined],
    ['http://[::1]:5000/', '', undefined],
  ])('%s with NO_PROXY=%s: %s', (address, except, proxy) => {
    expect(proxyFor(new URL(address), { ...proxies, except })?.href).toBe(proxy);
  });

  test('takes the lower-case variable first, and ALL_PROXY for what has none of its own', () => {
    expect(proxiesFrom({})).toBeUndefined();
    expect(proxiesFrom({ NO_PROXY: 'lab.org' })).toBeUndefined();
    expect(
      proxiesFrom({ HTTP_PROXY: 'upper', http_proxy: 'lower', ALL_PROXY: 'all', no_proxy: 'lab.org' }),
    ).toEqual({ http: 'lower', https: 'all', except: 'lab.org' });
  });

  test('refuses what is not an http proxy', () => {
    expect(() => proxyFor(new URL('http://mlflow.lab.org'), { http: 'socks5://host:1080' })).toThrow(
      'HTTP_PROXY does not name an http proxy',
    );
  });
});

describe('a client behind a proxy', () => {
  const seen: { line: string; host: string | undefined; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    seen.push({
      line: `${method} ${url}`,
      host: headers.host,
      authorization: headers['proxy-authorization'],
    });
    response.setHeader('content-type', 'application/json');
    response.end('{"experiment":{"experiment_id":"7","name":"tiny"}}');
  });
  server.on('connect', (request, socket) => {
    seen.push({
      line: `CONNECT ${request.url}`,
      host: request.headers.host,
      authorization: request.headers['proxy-authorization'],
    });
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  let proxy = '';
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = `http://user:p%25ss@127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());
  const basic = `Basic ${Buffer.from('user:p%ss').toString('base64')}`;

  test('asks the proxy for the whole address, with its own credentials', async () => {
    const client = MlflowClient.fromEnvironment({
      MLFLOW_TRACKING_URI: 'http://mlflow.invalid:5000',
      HTTP_PROXY: proxy,
    });
    expect(await client.experiments.get('7')).toMatchObject({ name: 'tiny' });
    await client.close();
    expect(seen).toEqual([
      {
        line: 'GET http://mlflow.invalid:5000/api/2.0/mlflow/experiments/get?experiment_id=7',
        host: 'mlflow.invalid:5000',
        authorization: basic,
      },
    ]);
  });

  test('tunnels https', async () => {
    seen.length = 0;
    const client = MlflowClient.fromEnvironment(
      { MLFLOW_TRACKING_URI: 'https://mlflow.invalid', HTTPS_PROXY: proxy },
      { retry: { maxRetries: 0 } },
    );
    await expect(client.experiments.get('7')).rejects.toThrow('[mlflow] GET');
    await client.close();
    expect(seen).toEqual([
      { line: 'CONNECT mlflow.invalid:443', host: 'mlflow.invalid', authorization: basic },
    ]);
  });
});
