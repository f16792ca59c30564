import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readBack } from '../read-back.testing.ts';
import type { ReadBack } from '../read-back.testing.ts';
import { findMlflow } from '../real-server.testing.ts';
import type { Metric } from '../types.ts';
import { FileStore, experimentIdOf, runIdOf } from './index.ts';
import type { FileRun } from './index.ts';

const python = findMlflow();

let folder: string;
let store: FileStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlflow-file-store-'));
  store = new FileStore(join(folder, 'mlruns'), { now: () => 1_764_000_000_000 });
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run: FileRun = {
  key: 'trial 1',
  runName: 'batch: 16',
  status: 'FINISHED',
  startTime: 1000,
  endTime: 2000,
};

function read(...path: string[]): string {
  return readFileSync(join(...path), 'utf8');
}

test('ids are the same for the same names, and of the shape MLflow makes', () => {
  expect(runIdOf('trial 1')).toBe(runIdOf('trial 1'));
  expect(runIdOf('trial 1')).toMatch(/^[0-9a-f]{32}$/);
  expect(runIdOf('trial 2')).not.toBe(runIdOf('trial 1'));
  expect(experimentIdOf('study')).toMatch(/^[1-9]\d{17}$/);
});

test('a run is laid out as MLflow reads it', async () => {
  const experiment = await store.experiment('it\'s a "study"', { tags: { 'a/b': 1 } });
  const metrics: Metric[] = [
    { key: 'loss/g', value: 0.5, timestamp: 1001, step: 1 },
    { key: 'loss/g', value: Number.NaN, timestamp: 1002, step: 2 },
    { key: 'loss/g', value: 1e-7, timestamp: 1003, step: 9_007_199_254_740_993n },
    { key: 'only nan', value: Number.NaN, timestamp: 1003, step: 3 },
  ];
  const written = await experiment.writeRun({
    ...run,
    metrics,
    params: { lr: 0.0002 },
    artifacts: [{ bytes: 'hi', to: 'a/b.txt' }],
  });
  expect(written).toMatchObject({ points: 2, runId: runIdOf('trial 1') });
  expect(written.skipped.map((metric) => metric.step)).toEqual([2, 3]);
  expect(read(written.path, 'metrics/loss/g')).toBe('1001 0.5 1\n1003 1e-7 9007199254740993\n');
  // MLflow fails on an empty metric file, so there must be none.
  expect(readdirSync(join(written.path, 'metrics'))).toEqual(['loss']);
  expect(read(written.path, 'params/lr')).toBe('0.0002');
  expect(read(written.path, 'tags/mlflow.runName')).toBe('batch: 16');
  expect(read(written.path, 'artifacts/a/b.txt')).toBe('hi');
  const uri = `file://${written.path}/artifacts`;
  expect(read(written.path, 'meta.yaml')).toBe(
    [
      `artifact_uri: "${uri}"`,
      'deleted_time: null',
      'end_time: 2000',
      'entry_point_name: ""',
      `experiment_id: "${experiment.experimentId}"`,
      'lifecycle_stage: "active"',
      `run_id: "${written.runId}"`,
      'run_name: "batch: 16"',
      `run_uuid: "${written.runId}"`,
      'source_name: ""',
      'source_type: 4',
      'source_version: ""',
      'start_time: 1000',
      'status: 3',
      'tags: []',
      'user_id: ""',
      '',
    ].join('\n'),
  );
  expect(read(store.root, experiment.experimentId, 'meta.yaml')).toContain('name: "it\'s a \\"study\\""\n');
});

test('a run written again takes the place of the first, and leaves nothing behind', async () => {
  const experiment = await store.experiment('study');
  await experiment.writeRun({ ...run, params: { a: 1 } });
  const second = await experiment.writeRun({ ...run, params: { b: 2 } });
  expect(readdirSync(join(second.path, 'params'))).toEqual(['b']);
  expect(readdirSync(join(store.root, '.trash'))).toEqual([]);
});

test('a run that cannot be written leaves the old one and no rest', async () => {
  const experiment = await store.experiment('study');
  const first = await experiment.writeRun({ ...run, params: { a: 1 } });
  const bad: Partial<FileRun>[] = [
    { artifacts: [{ from: join(folder, 'none.png'), to: 'none.png' }] },
    { artifacts: [{ bytes: '', to: '../out' }] },
    { params: { 'a#b': 1 } },
    { params: { a: 1, 'a/b': 2 } },
    { metrics: [1, 2].map((n) => ({ key: n === 1 ? 'm' : 'm/x', value: n, timestamp: n, step: n })) },
  ];
  for (const part of bad)
    await expect(experiment.writeRun({ ...run, ...part })).rejects.toThrow(/\[mlflow\][^]*cure: /);
  await expect(experiment.writeRun({ ...run, key: undefined as never, runId: 'x' })).rejects.toThrow(
    'has the id "x"',
  );
  expect(readdirSync(join(first.path, 'params'))).toEqual(['a']);
  expect(readdirSync(join(store.root, '.trash'))).toEqual([]);
});

test('an experiment that another program made is found by its name', async () => {
  mkdirSync(join(store.root, '42'), { recursive: true });
  writeFileSync(join(store.root, '42/meta.yaml'), "experiment_id: '42'\nname: 'it''s'\n");
  expect((await store.experiment("it's")).experimentId).toBe('42');
  await expect(store.experiment('other', { experimentId: '42' })).rejects.toThrow(
    'experiment id 42 is taken',
  );
  await expect(store.experiment('other', { experimentId: '-1' })).rejects.toThrow('is no number');
});

describe.skipIf(python === undefined)('migrate-filestore', () => {
  test('brings all of it into a database, as MLflow reads it', async () => {
    const experiment = await store.experiment('großes "Ganzes": #1', { tags: { question: 'größe?\nja' } });
    const parent = await experiment.writeRun({
      key: 'parent',
      runName: 'study',
      status: 'FINISHED',
      startTime: 1,
    });
    const dataset = { name: 'isic: a', digest: 'abc', sourceType: 'local', source: '{"uri":"/data"}' };
    const odd = 'tab\t "quoted" \\ : # é 😀 \u0085\u2028 end';
    writeFileSync(join(folder, 'grid.png'), 'png');
    const child = await experiment.writeRun({
      runId: '1e100000000000000000000000000000',
      runName: odd,
      status: 'KILLED',
      startTime: 1_764_000_000_001,
      parentRunId: parent.runId,
      params: { odd, empty: '', 'a/b': true },
      metrics: [0, 1, 2].map((step) => ({
        key: 'eval/ms gmsd',
        value: step / 3,
        timestamp: 1000 + step,
        step,
      })),
      datasets: [{ dataset, tags: { 'mlflow.data.context': 'training' } }],
      artifacts: [{ from: join(folder, 'grid.png'), to: 'grids/step 1.png' }],
    });
    const target = `sqlite:///${join(folder, 'mlflow.db')}`;
    await python!.run('mlflow', ['migrate-filestore', '--source', store.root, '--target', target]);
    const [found] = (await readBack(python!, target, ['großes "Ganzes": #1'])) as [ReadBack];
    expect(found.experimentId).toBe(experiment.experimentId);
    expect(found.tags).toMatchObject({ question: 'größe?\nja' });
    expect(found.runs.map(({ runId }) => runId)).toEqual([parent.runId, child.runId]);
    expect(found.runs[1]).toMatchObject({
      runName: odd,
      status: 'KILLED',
      startTime: 1_764_000_000_001,
      endTime: null,
      params: { odd, empty: '', 'a/b': 'true' },
      tags: { 'mlflow.parentRunId': parent.runId, 'mlflow.runName': odd },
      metrics: {
        'eval/ms gmsd': [
          ['0', '1000', '0.0'],
          ['1', '1001', '0.3333333333333333'],
          ['2', '1002', '0.6666666666666666'],
        ],
      },
      datasets: [
        {
          name: 'isic: a',
          digest: 'abc',
          source: '{"uri":"/data"}',
          tags: { 'mlflow.data.context': 'training' },
        },
      ],
      artifacts: [{ path: 'grids/step 1.png', size: 3 }],
    });
  }, 300_000);
});
