import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FolderArtifacts } from './folder-artifacts.ts';
import { MlflowClient, MlflowError } from './index.ts';
import type { Experiment, Metric } from './index.ts';
import { readBack } from './read-back.testing.ts';
import type { ReadBack } from './read-back.testing.ts';
import { findMlflow, startMlflow } from './real-server.testing.ts';
import type { RealServer } from './real-server.testing.ts';

const python = findMlflow();

describe.skipIf(python === undefined)('an MLflow server on sqlite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mlflow-ts-client-'));
  let server: RealServer;
  let client: MlflowClient;

  beforeAll(async () => {
    server = await startMlflow(python!, { folder: join(folder, 'server') });
    client = new MlflowClient({ trackingUri: server.url, retry: { maxRetries: 0 } });
  }, 300_000);

  afterAll(async () => {
    await server?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  async function newRun(name: string): Promise<string> {
    const { experimentId } = await client.experiments.getOrCreate(name);
    return (await client.runs.create(experimentId, { startTime: 1000 })).info.runId;
  }

  test('reports its version', async () => {
    expect(await client.serverVersion()).toMatch(/^3\./);
  });

  test('keeps a study', async () => {
    const experiment = await client.experiments.getOrCreate('study', { tags: { question: 'size?' } });
    const { experimentId } = experiment;
    const parent = await client.runs.create(experimentId, {
      runName: 'study',
      startTime: 1000,
      userId: 'someone',
    });
    const child = await client.runs.create(experimentId, {
      runName: 'batch-16',
      startTime: 2000,
      parentRunId: parent.info.runId,
      tags: { engine: 'native', seed: 7 },
    });
    const report = await client.runs.logBatch(child.info.runId, {
      params: { batch: 16, note: 'x'.repeat(6001), ünï: true },
      metrics: [
        { key: 'loss/generator', value: 0.1, timestamp: 2001, step: 1 },
        { key: 'loss/generator', value: 1e-300, timestamp: 2002, step: 9_007_199_254_740_993n },
        { key: 'loss/generator', value: Number.NaN, timestamp: 2003, step: 3 },
      ],
    });
    expect(report).toEqual({
      sent: 2,
      alreadyThere: 0,
      repeated: 0,
      skipped: [{ key: 'loss/generator', value: Number.NaN, timestamp: 2003, step: 3 }],
      truncated: [{ kind: 'param', key: 'note', length: 6001 }],
      requests: 1,
    });
    const dataset = { name: 'isic', digest: 'abc', sourceType: 'local', source: '{"uri":"/data"}' };
    const input = { dataset, tags: { 'mlflow.data.context': 'training' } };
    await client.runs.logInputs(child.info.runId, [input]);
    await client.runs.logInputs(child.info.runId, [input]);
    await client.runs.terminate(child.info.runId, { status: 'FAILED', endTime: 3000 });

    const own = await client.runs.get(child.info.runId);
    expect(own.datasets).toEqual([input]);
    expect(own.metrics).toMatchObject([{ step: 9_007_199_254_740_993n, value: 1e-300 }]);
  });

  test('takes batches of any size, and hands them back page by page', async () => {
    const runId = await newRun('large');
    const metrics: Metric[] = Array.from({ length: 2300 }, (_, i) => ({
      key: `m${i % 2}`,
      value: i / 7,
      timestamp: 5000 + i,
      step: i,
    }));
    const params = Object.fromEntries(Array.from({ length: 230 }, (_, i) => [`p${i}`, 'ü'.repeat(5999)]));
    const report = await client.runs.logBatch(runId, { metrics, params });
    expect(report.sent).toBe(2300);
    const history: Metric[] = [];
    for await (const point of client.runs.metricHistory(runId, 'm1', { pageSize: 400 })) history.push(point);
    expect(history).toEqual(metrics.filter((metric) => metric.key === 'm1'));
    const again = await client.runs.logBatch(runId, { metrics }, { onlyMissing: true });
    expect(again).toMatchObject({ sent: 0, alreadyThere: 2300, requests: 0 });
    expect((await client.runs.get(runId)).params).toEqual(params);
  });

  test('keeps non-finite values where they are wanted', async () => {
    const runId = await newRun('non-finite');
    const sending = new MlflowClient({ trackingUri: server.url, nonFinite: 'send' });
    const metrics = [Number.NaN, Infinity, -Infinity].map((value, step) => ({
      key: 'x',
      value,
      timestamp: 1,
      step,
    }));
    await sending.runs.logBatch(runId, { metrics });
    expect(await sending.runs.logBatch(runId, { metrics }, { onlyMissing: true })).toMatchObject({
      alreadyThere: 3,
    });
    const values: number[] = [];
    for await (const point of client.runs.metricHistory(runId, 'x')) values.push(point.value);
    expect(values).toEqual([Number.NaN, Number.MAX_VALUE, -Number.MAX_VALUE]);
  });

  test('changes, deletes and restores runs and experiments', async () => {
    const runId = await newRun('life');
    const { experimentId } = await client.experiments.getOrCreate('life');
    await client.runs.setTag(runId, { key: 'a/b', value: 1n });
    await client.runs.logParam(runId, { key: 'p', value: 'first' });
    await client.runs.logParam(runId, { key: 'p', value: 'first' });
    await expect(client.runs.logParam(runId, { key: 'p', value: 'second' })).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      cure: expect.stringContaining('keeps the first value'),
    });
    await client.runs.logMetric(runId, { key: 'm', value: 1, timestamp: 1, step: 1 });
    await client.runs.deleteTag(runId, 'a/b');
    await client.runs.update(runId, { runName: 'renamed' });
    expect((await client.runs.get(runId)).info.runName).toBe('renamed');
    expect((await client.runs.get(runId)).tags['a/b']).toBeUndefined();
    await client.runs.delete(runId);
    const find = async (viewType: 'ACTIVE_ONLY' | 'DELETED_ONLY') => {
      const ids: string[] = [];
      for await (const run of client.runs.search({ experimentIds: [experimentId], viewType }))
        ids.push(run.info.runId);
      return ids;
    };
    expect([await find('ACTIVE_ONLY'), await find('DELETED_ONLY')]).toEqual([[], [runId]]);
    await client.runs.restore(runId);
    expect(await find('ACTIVE_ONLY')).toEqual([runId]);

    await client.experiments.setTag(experimentId, { key: 'k', value: 'v' });
    await client.experiments.rename(experimentId, 'afterlife');
    await client.experiments.delete(experimentId);
    expect(await client.experiments.getByName('afterlife')).toMatchObject({
      lifecycleStage: 'deleted',
      tags: { k: 'v' },
    });
    await expect(client.experiments.getOrCreate('afterlife')).rejects.toThrow(
      `experiment "afterlife" (id ${experimentId}) is deleted, and its name still taken`,
    );
    await client.experiments.restore(experimentId);
    expect(await client.experiments.getOrCreate('afterlife')).toMatchObject({ experimentId });
    expect(await client.experiments.getByName('never made')).toBeUndefined();
  });

  test('lets several make one experiment at once, and pages through searches', async () => {
    const made = await Promise.all([1, 2, 3].map(() => client.experiments.getOrCreate('race')));
    expect(new Set(made.map((experiment) => experiment.experimentId)).size).toBe(1);
    const [{ experimentId }] = made as [Experiment, ...Experiment[]];
    for (const startTime of [1, 2, 3]) await client.runs.create(experimentId, { startTime });
    const starts: unknown[] = [];
    const query = { experimentIds: [experimentId], orderBy: ['attributes.start_time DESC'], pageSize: 2 };
    for await (const run of client.runs.search(query)) starts.push(run.info.startTime);
    expect(starts).toEqual([3, 2, 1]);
    const names: string[] = [];
    for await (const { name } of client.experiments.search({ filter: "name LIKE 'rac%'", pageSize: 1 }))
      names.push(name);
    expect(names).toEqual(['race']);
  });

  test('makes one run of a key', async () => {
    const { experimentId } = await client.experiments.getOrCreate('keys');
    const options = { startTime: 1, idempotencyKey: 'trial: batch 16/seed 7' };
    expect(await client.runs.findByKey(experimentId, options.idempotencyKey)).toBeUndefined();
    const first = await client.runs.create(experimentId, options);
    const second = await client.runs.create(experimentId, options);
    expect(second.info.runId).toBe(first.info.runId);
    expect((await client.runs.findByKey(experimentId, options.idempotencyKey))?.info.runId).toBe(
      first.info.runId,
    );
  });

  test('passes artifacts through, in both directions', async () => {
    const runId = await newRun('artifacts');
    const run = await client.runs.get(runId);
    expect(run.info.artifactUri).toMatch(/^mlflow-artifacts:/);
    const large = new Uint8Array(3_000_000).map((_, i) => (i * 31) % 251);
    writeFileSync(join(folder, 'large.bin'), large);
    await client.artifacts.uploadFile(run, {
      from: join(folder, 'large.bin'),
      to: 'weights/ü +%step%7 &=.bin',
    });
    await client.artifacts.uploadBytes(run, { bytes: '{"a":1}', to: 'report.json' });
    await client.artifacts.uploadBytes(run, { bytes: new Uint8Array(0), to: 'empty' });
    await client.artifacts.uploadStream(runId, {
      open: () => chunks('one,', 'two'),
      to: 'deep/er/table.csv',
    });

    const listed: string[] = [];
    for await (const file of client.artifacts.list(run))
      listed.push(`${file.path} ${file.isDir} ${file.fileSize}`);
    expect(listed.sort()).toEqual([
      'deep true undefined',
      'empty false 0',
      'report.json false 7',
      'weights true undefined',
    ]);
    await client.artifacts.downloadTo(run, {
      path: 'weights/ü +%step%7 &=.bin',
      to: join(folder, 'back/large.bin'),
    });
    expect(readFileSync(join(folder, 'back/large.bin')).equals(large)).toBe(true);
    expect(Buffer.from(await client.artifacts.download(run, 'deep/er/table.csv')).toString()).toBe('one,two');
    await client.artifacts.delete(run, 'report.json');
    await expect(client.artifacts.download(run, 'report.json')).rejects.toBeInstanceOf(MlflowError);
  });

  test('writes artifacts straight to a folder that it shares with the server', async () => {
    const artifactLocation = pathToFileURL(join(folder, 'shared here')).href;
    const experimentId = await client.experiments.create('folder', { artifactLocation });
    const run = await client.runs.create(experimentId, { startTime: 1 });
    await client.artifacts.uploadBytes(run, { bytes: 'abc', to: 'deep/ü #1.txt' });
    writeFileSync(join(folder, 'plain.txt'), 'plain');
    await client.artifacts.uploadFile(run.info.runId, { from: join(folder, 'plain.txt'), to: 'plain.txt' });
    expect(Buffer.from(await client.artifacts.download(run, 'deep/ü #1.txt')).toString()).toBe('abc');
    await client.artifacts.downloadTo(run, { path: 'plain.txt', to: join(folder, 'copy.txt') });
    expect(readFileSync(join(folder, 'copy.txt'), 'utf8')).toBe('plain');
    await client.artifacts.delete(run, 'plain.txt');
    await expect(client.artifacts.download(run, 'plain.txt')).rejects.toThrow(
      /ENOENT[^]*cure: check the path/,
    );
    const elsewhere = FolderArtifacts.open('/srv/not-here/1/run/artifacts', 'http://far:5000');
    await expect(elsewhere).rejects.toThrow(/out of reach here[^]*--serve-artifacts/);
  });

  test("is as MLflow's own client reads it", async () => {
    const [study, artifacts, shared] = (await readBack(python!, server.url, [
      'study',
      'artifacts',
      'folder',
    ])) as [ReadBack, ReadBack, ReadBack];
    expect(study.tags).toMatchObject({ question: 'size?' });
    expect(study.runs.map((run) => run.runName)).toEqual(['study', 'batch-16']);
    expect(study.runs[1]).toMatchObject({
      status: 'FAILED',
      startTime: 2000,
      endTime: 3000,
      params: { batch: '16', note: 'x'.repeat(6000), ünï: 'true' },
      tags: { engine: 'native', seed: '7', 'mlflow.parentRunId': study.runs[0]?.runId },
      datasets: [
        {
          name: 'isic',
          digest: 'abc',
          source: '{"uri":"/data"}',
          tags: { 'mlflow.data.context': 'training' },
        },
      ],
    });
    expect(study.runs[1]?.metrics['loss/generator']).toEqual([
      ['1', '2001', '0.1'],
      ['9007199254740993', '2002', '1e-300'],
    ]);
    expect(study.runs[0]?.tags).toMatchObject({ 'mlflow.user': 'someone' });
    expect(artifacts.runs[0]?.artifacts).toContainEqual({
      path: 'weights/ü +%step%7 &=.bin',
      size: 3_000_000,
    });
    expect(shared.runs[0]?.artifacts).toEqual([{ path: 'deep/ü #1.txt', size: 3 }]);
  });

  test('ends calls that nobody waits for any more', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(client.experiments.getByName('x', { signal })).rejects.toThrow('enough');
  });

  test('says what it does not have', async () => {
    await expect(client.runs.get('0123456789abcdef0123456789abcdef')).rejects.toMatchObject({
      status: 404,
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      transient: false,
    });
  });
});

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Promise.resolve(new TextEncoder().encode(text));
}
