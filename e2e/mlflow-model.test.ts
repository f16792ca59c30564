import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    const read = JSON.parse(
      await python!.run('python', [join(import.meta.dirname, 'mlflow-model.py'), server.url, uri]),
    ) as unknown;
    expect(read).toEqual({
      flavors: ['onnx', 'python_function'],
      inputs: [['latent', 'float32', [-1, 3]]],
      outputs: [['images', 'float32', [-1, 1, 64, 64]]],
      example: { latent: [2, 3] },
    });
    expect(run.tags['mlflow.log-model.history']).toContain('"artifact_path":"generator"');

    const bytes = await client.artifacts.download(run.id, 'generator/model.onnx');
    const example = await client.artifacts.download(run.id, 'generator/input_example.json');
    const { latent } = JSON.parse(Buffer.from(example).toString()) as { latent: number[][] };
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

  it('has system metrics where the run or MLflow’s own variable asks for them', async () => {
    const system = ({ points }: ReadRun): string[] =>
      Object.keys(points).filter((key) => key.startsWith('system/'));
    const keys = [
      'system/cpu_utilization_percentage',
      'system/system_memory_usage_megabytes',
      'system/system_memory_usage_percentage',
    ];
    const asked = await found('asked');
    expect(system(asked).sort()).toEqual(keys);
    const samples = asked.points['system/system_memory_usage_percentage']!;
    expect(samples.map(([step]) => step)).toEqual(samples.map((_, index) => index));
    for (const [, , value] of samples) expect(value > 0 && value <= 100).toBe(true);

    expect(await medgan('run', control('plain', ''))).toMatchObject({ code: 0 });
    expect(await medgan('mlflow', 'sync', dirOf('plain'))).toMatchObject({ code: 0, stderr: '' });
    expect(system(await found('plain'))).toEqual([]);
    expect((await found('plain')).artifacts).not.toHaveProperty('generator/MLmodel');
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
    expect(run.artifacts).not.toHaveProperty('generator/MLmodel');
  }, 300_000);
});
