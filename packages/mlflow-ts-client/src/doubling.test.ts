import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MlflowClient } from './index.ts';
import type { Metric } from './index.ts';
import { findMlflow, startMlflow } from './real-server.testing.ts';
import type { RealServer } from './real-server.testing.ts';
import { startUnreliableProxy } from './unreliable-proxy.testing.ts';
import type { Trouble, UnreliableProxy } from './unreliable-proxy.testing.ts';

const python = findMlflow();

const troubles: Trouble[] = ['lose reply', 'cut reply', 'hold reply', '504', 'lose request'];

// On its file store, as that appends a point as often as it is sent; SQL stores would hide a doubled one.
describe.skipIf(python === undefined)('between a client and an MLflow server that appends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mlflow-ts-client-'));
  let server: RealServer;
  let direct: MlflowClient;
  let proxy: UnreliableProxy;
  let client: MlflowClient;
  let experimentId: string;

  beforeAll(async () => {
    server = await startMlflow(python!, { folder, store: 'file' });
    direct = new MlflowClient({ trackingUri: server.url });
    experimentId = (await direct.experiments.getOrCreate('doubling')).experimentId;
  }, 300_000);

  beforeEach(async () => {
    proxy = await startUnreliableProxy(server.port);
    client = new MlflowClient({
      trackingUri: proxy.url,
      timeoutMs: 2000,
      retry: { maxRetries: 6 },
      random: () => 0,
      sleep: () => Promise.resolve(),
    });
  });

  afterEach(async () => {
    await proxy?.close();
  });

  afterAll(async () => {
    await server?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Troubles for the first requests to a path, in this order. */
  function plan(path: string, list: readonly Trouble[]): void {
    const left = [...list];
    proxy.plan = (line) => (line.endsWith(path) ? left.shift() : undefined);
  }

  async function history(runId: string, key: string): Promise<Metric[]> {
    const points: Metric[] = [];
    for await (const point of direct.runs.metricHistory(runId, key)) points.push(point);
    return points;
  }

  async function runCount(): Promise<number> {
    let count = 0;
    for await (const _ of direct.runs.search({ experimentIds: [experimentId] })) count++;
    return count;
  }

  function curve(key: string, from: number): Metric[] {
    return Array.from({ length: 5 }, (_, i) => ({ key, value: i / 3, timestamp: 1000 + i, step: from + i }));
  }

  test('the store doubles what is sent twice, so these tests can fail', async () => {
    const { runId } = (await direct.runs.create(experimentId, { startTime: 1 })).info;
    const [point] = curve('m', 0) as [Metric, ...Metric[]];
    await direct.runs.logMetric(runId, point);
    await direct.runs.logMetric(runId, point);
    expect(await history(runId, 'm')).toEqual([point, point]);
  });

  test.each(troubles)('%s: every point of a batch once', async (trouble) => {
    const { runId } = (await direct.runs.create(experimentId, { startTime: 1 })).info;
    const earlier = curve('m', 0);
    const later = curve('m', 5);
    await direct.runs.logBatch(runId, { metrics: earlier });
    plan('/log-batch', [trouble, trouble]);
    const batch = { metrics: [...later, ...curve('fresh', 0)], params: { a: 1 }, tags: { b: 2 } };
    const report = await client.runs.logBatch(runId, batch);
    expect(report).toMatchObject({ sent: 10, requests: 1 });
    expect(await history(runId, 'm')).toEqual([...earlier, ...later]);
    expect(await history(runId, 'fresh')).toEqual(curve('fresh', 0));
    expect(await direct.runs.get(runId)).toMatchObject({ params: { a: '1' }, tags: { b: '2' } });
  });

  test('a batch of which only a part arrived is completed', async () => {
    const { runId } = (await direct.runs.create(experimentId, { startTime: 1 })).info;
    const points = curve('m', 0);
    plan('/log-batch', ['lose request']);
    // What a server leaves behind that died amid a batch.
    await direct.runs.logBatch(runId, { metrics: points.slice(0, 3) });
    await client.runs.logBatch(runId, { metrics: points });
    expect(await history(runId, 'm')).toEqual(points);
  });

  test('the looking itself may fail', async () => {
    const { runId } = (await direct.runs.create(experimentId, { startTime: 1 })).info;
    const points = curve('m', 0);
    const left = new Map<string, Trouble[]>([
      ['log-batch', ['lose reply']],
      ['get-history', ['cut reply', '504']],
    ]);
    proxy.plan = (line) => left.get(/log-batch|get-history/.exec(line)?.[0] ?? '')?.shift();
    await client.runs.logBatch(runId, { metrics: points });
    expect(await history(runId, 'm')).toEqual(points);
    expect(proxy.requests.filter((line) => line.includes('log-batch'))).toHaveLength(1);
  });

  test('after all retries have failed, onlyMissing goes on where it stopped', async () => {
    const { runId } = (await direct.runs.create(experimentId, { startTime: 1 })).info;
    const metrics = Array.from({ length: 1500 }, (_, i) => ({ key: 'm', value: i, timestamp: i, step: i }));
    const stubborn = new MlflowClient({ trackingUri: proxy.url, retry: { maxRetries: 0 } });
    plan('/log-batch', ['lose reply']);
    await expect(stubborn.runs.logBatch(runId, { metrics })).rejects.toMatchObject({ transient: true });
    const report = await client.runs.logBatch(runId, { metrics }, { onlyMissing: true });
    expect(report).toMatchObject({ sent: 500, alreadyThere: 1000 });
    expect(await history(runId, 'm')).toEqual(metrics);
  });

  test.each(troubles)('%s: one run, one experiment', async (trouble) => {
    const before = await runCount();
    plan('/runs/create', [trouble, trouble]);
    const run = await client.runs.create(experimentId, { startTime: 1, tags: { is: trouble } });
    expect(await runCount()).toBe(before + 1);
    expect((await direct.runs.get(run.info.runId)).tags).toMatchObject({ is: trouble });

    plan('/experiments/create', [trouble]);
    const name = `experiment after ${trouble}`;
    const id = await client.experiments.create(name);
    expect(await direct.experiments.getByName(name)).toMatchObject({ experimentId: id });
    plan('/experiments/delete', [trouble]);
    await client.experiments.delete(id);
    expect(await direct.experiments.getByName(name)).not.toMatchObject({ lifecycleStage: 'active' });
  });

  test('a request that was given up and goes through later: its run is removed', async () => {
    const before = await runCount();
    const impatient = new MlflowClient({
      trackingUri: proxy.url,
      timeoutMs: 1000,
      random: () => 0,
      sleep: () => Promise.resolve(),
    });
    let creations = 0;
    proxy.plan = (line) => {
      if (line.endsWith('/runs/create')) return ++creations === 1 ? 'late' : undefined;
      return undefined;
    };
    const sleepless = impatient.runs.create(experimentId, { startTime: 1 });
    // The search after the first attempt finds nothing; then the late request arrives, and a second run is made.
    const searches = () => proxy.requests.filter((line) => line.endsWith('/runs/search')).length;
    const planned = proxy.plan;
    const released: Promise<void>[] = [];
    proxy.plan = (line) => {
      const trouble = planned(line);
      if (line.endsWith('/runs/create') && creations === 2 && searches() === 1)
        released.push(proxy.release());
      return trouble;
    };
    const run = await sleepless;
    await Promise.all(released);
    expect(released).toHaveLength(1);
    const key = (await direct.runs.get(run.info.runId)).tags['mlflow.tsClient.call'];
    expect(key).toBeDefined();
    expect(await runCount()).toBe(before + 1);
  });

  test('lost replies of tags are settled by looking', async () => {
    const { runId } = (await direct.runs.create(experimentId, { startTime: 1, tags: { gone: 1 } })).info;
    plan('/delete-tag', ['lose reply']);
    await client.runs.deleteTag(runId, 'gone');
    expect((await direct.runs.get(runId)).tags.gone).toBeUndefined();
  });
});
