import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MlflowClient, type ModelVersion } from 'mlflow-ts-client';
import { findMlflow, startMlflow, type RealServer } from 'mlflow-ts-client/testing';
import { runOnnxModel } from '@medgan/engine';
import { medgan } from './medgan.ts';
import { readBack, type ReadRun } from './mlflow-read.ts';

const folder = mkdtempSync(join(tmpdir(), 'medgan-model-'));
const python = findMlflow();

function control(run: string, changes: string): string {
  const path = join(folder, `${run}.yaml`);
  writeFileSync(
    path,
    `arch: DCGAN
out: ${join(folder, 'runs')}
run: ${run}
max_steps: 4
batch_size: 4
latent_vector: 3
gen_feature_maps: 1
dis_feature_maps: 1
number_channels: 1
dataset_options: { count: 4 }
sample_count: 4
threads: 1
cache: ''
${changes}`,
  );
  return path;
}

/** The server at `url` without the calls that came with MLflow 3. */
async function startWithoutLoggedModels(url: string): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((asked, answer) => {
    if (asked.url!.includes('/logged-models')) {
      answer.writeHead(404, { 'content-type': 'application/json' });
      answer.end('{"error_code":"ENDPOINT_NOT_FOUND","message":"no such endpoint"}');
      return;
    }
    const { method, headers } = asked;
    const passedOn = request(new URL(asked.url!, url), { method, headers }, (reply) => {
      answer.writeHead(reply.statusCode!, reply.headers);
      reply.pipe(answer);
    });
    asked.pipe(passedOn);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}

describe.skipIf(!python)('a generator in MLflow', () => {
  let server: RealServer;
  let client: MlflowClient;
  beforeAll(async () => {
    server = await startMlflow(python!, { folder: join(folder, 'server') });
    client = new MlflowClient({ trackingUri: server.url });
    process.env['MLFLOW_TRACKING_URI'] = server.url;
    process.env['MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL'] = '1';
  }, 300_000);
  afterEach(() => void delete process.env['MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING']);
  afterAll(async () => {
    delete process.env['MLFLOW_TRACKING_URI'];
    delete process.env['MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL'];
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Its losses are NaN from the first step on. */
  const BROKEN = `import * as tf from '@tensorflow/tfjs-core';
import { defineObjective } from '@medgan/plugin-api';
const nan = (logits) => tf.mean(tf.sqrt(tf.sub(tf.neg(tf.square(logits)), 1)));
export default defineObjective({
  name: 'broken',
  summary: 'NaN',
  reference: 'none',
  options: { type: 'object', additionalProperties: false, properties: {} },
  usesLabels: true,
  discriminatorLoss: ({ real, fake }) => nan(tf.sub(real, fake)),
  generatorLoss: nan,
});
`;
  const dirOf = (run: string): string => join(folder, 'runs', run);
  const found = async (run: string): Promise<ReadRun> =>
    (await readBack(python!, server.url)).find(({ name }) => name === run)!;
  /** The status of the generator that a run has logged; undefined where it has none. */
  const modelOf = async ({ id }: ReadRun): Promise<string | undefined> => {
    const answer = await fetch(`${server.url}/api/2.0/mlflow/logged-models/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ experiment_ids: [(await client.runs.get(id)).info.experimentId] }),
    });
    const { models = [] } = (await answer.json()) as {
      models?: { info: { source_run_id: string; name: string; status: string } }[];
    };
    const own = models.filter(({ info }) => info.source_run_id === id);
    expect(own.length).toBeLessThanOrEqual(1);
    return own[0]?.info.status;
  };
  const versions = async (name: string): Promise<ModelVersion[]> => {
    const all: ModelVersion[] = [];
    for await (const version of client.registry.versions(name)) all.push(version);
    return all;
  };

  it('is logged as an ONNX model with an input example and registered once, where the run asks for it', async () => {
    const file = control('asked', 'mlflow: { register: tiny-generator, system_metrics: true }\n');
    expect(await medgan('run', file)).toMatchObject({ code: 0 });
    expect(await medgan('mlflow', 'sync', dirOf('asked'))).toMatchObject({ code: 0, stderr: '' });
    const again = await medgan('mlflow', 'sync', dirOf('asked'));
    expect(again.stdout).toContain('nothing was missing');

    const run = await found('asked');
    const uri = `runs:/${run.id}/generator`;
    const copy = join(folder, 'copy');
    mkdirSync(copy);
    const read = JSON.parse(
      await python!.run('python', [join(import.meta.dirname, 'mlflow-model.py'), server.url, uri, copy]),
    ) as unknown;
    expect(read).toEqual({
      flavors: ['onnx', 'python_function'],
      inputs: [['latent', 'float32', [-1, 3]]],
      outputs: [['images', 'float32', [-1, 1, 64, 64]]],
      example: { latent: [2, 3] },
    });
    const [place] = readdirSync(copy, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('MLmodel'),
    );
    const model = dirname(join(copy, place!));
    const bytes = readFileSync(join(model, 'model.onnx'));
    const example = readFileSync(join(model, 'input_example.json'), 'utf8');
    const { latent } = JSON.parse(example) as { latent: number[][] };
    expect(await modelOf(run)).toBe('LOGGED_MODEL_READY');
    const [images] = await runOnnxModel(bytes, [
      { latent: { values: Float32Array.from(latent.flat()), shape: [2, 3] } },
    ]);
    expect(images!['images']!.shape).toEqual([2, 1, 64, 64]);

    // As if it was cut off after registering, before that was noted: the same version is found again.
    const tracking = join(dirOf('asked'), '.mlflow');
    const cursor = join(
      tracking,
      readdirSync(tracking).find((name) => /^[0-9a-f]+\.json$/.test(name))!,
    );
    const { model: sent, ...rest } = JSON.parse(readFileSync(cursor, 'utf8')) as { model: string };
    writeFileSync(cursor, JSON.stringify(rest));
    expect(await medgan('mlflow', 'sync', dirOf('asked'))).toMatchObject({ code: 0, stderr: '' });
    expect((JSON.parse(readFileSync(cursor, 'utf8')) as { model: string }).model).toBe(sent);
    expect(await versions('tiny-generator')).toEqual([
      expect.objectContaining({ version: '1', runId: run.id }) as ModelVersion,
    ]);
    expect(await versions('no-such-model')).toEqual([]);
  }, 300_000);

  it('lies among the artifacts of its run on a server before MLflow 3, which knows no logged models', async () => {
    const older = await startWithoutLoggedModels(server.url);
    process.env['MLFLOW_TRACKING_URI'] = older.url;
    process.env['MLFLOW_EXPERIMENT_NAME'] = 'older';
    try {
      const first = await medgan('mlflow', 'sync', dirOf('asked'));
      expect(first).toMatchObject({ code: 0, stderr: '' });
      const run = (await readBack(python!, server.url)).find(({ experiment }) => experiment === 'older')!;
      expect(run.tags['mlflow.log-model.history']).toContain('"artifact_path":"generator"');
      const names = Object.keys(run.artifacts).filter((path) => path.startsWith('generator/'));
      expect(names).toEqual(expect.arrayContaining(['generator/MLmodel', 'generator/model.onnx']));
      const copy = join(folder, 'older-copy');
      mkdirSync(copy);
      const script = join(import.meta.dirname, 'mlflow-model.py');
      const args = [script, server.url, `runs:/${run.id}/generator`, copy];
      expect(JSON.parse(await python!.run('python', args))).toMatchObject({ example: { latent: [2, 3] } });
      expect((await versions('tiny-generator')).map(({ runId }) => runId)).toContain(run.id);
    } finally {
      older.close();
      process.env['MLFLOW_TRACKING_URI'] = server.url;
      delete process.env['MLFLOW_EXPERIMENT_NAME'];
    }
  }, 300_000);

  it('has system metrics where the run or MLflow’s own variable asks for them', async () => {
    const system = ({ points }: ReadRun): string[] =>
      Object.keys(points).filter((key) => key.startsWith('system/'));
    const keys = [
      'system/cpu_utilization_percentage',
      'system/system_memory_usage_megabytes',
      'system/system_memory_usage_percentage',
    ];
    const named = (await readBack(python!, server.url)).filter(({ name }) => name === 'asked');
    const asked = named.find(({ experiment }) => experiment === 'medgan')!;
    expect(system(asked).sort()).toEqual(keys);
    const samples = asked.points['system/system_memory_usage_percentage']!;
    expect(samples.map(([step]) => step)).toEqual(samples.map((_, index) => index));
    for (const [, , value] of samples) expect(value > 0 && value <= 100).toBe(true);

    expect(await medgan('run', control('plain', ''))).toMatchObject({ code: 0 });
    expect(await medgan('mlflow', 'sync', dirOf('plain'))).toMatchObject({ code: 0, stderr: '' });
    expect(system(await found('plain'))).toEqual([]);
    expect(await modelOf(await found('plain'))).toBeUndefined();
    process.env['MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING'] = 'true';
    expect(await medgan('run', control('variable', ''))).toMatchObject({ code: 0 });
    expect(await medgan('mlflow', 'sync', dirOf('variable'))).toMatchObject({ code: 0, stderr: '' });
    expect(system(await found('variable')).sort()).toEqual(keys);
  }, 300_000);

  it('of a run that diverged is not logged, and the run says so', async () => {
    writeFileSync(join(folder, 'broken.mjs'), BROKEN);
    const changes = 'objective: broken\nplugins: [./broken.mjs]\nmlflow: { model: true }\n';
    expect(await medgan('run', control('diverged', changes))).toMatchObject({ code: 1 });
    await medgan('mlflow', 'sync', dirOf('diverged'));
    const run = await found('diverged');
    expect(run).toMatchObject({ status: 'FAILED', tags: { 'medgan.state': 'diverged' } });
    expect(run.tags['medgan.reason']).toMatch(/is NaN at step 1/);
    expect(await modelOf(run)).toBeUndefined();
  }, 300_000);
});
