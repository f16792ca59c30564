import { execFile, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const REPOSITORY = join(import.meta.dirname, '..');
const run = promisify(execFile);

/** Packages that are published, by folder. */
const PACKAGES = readdirSync(join(REPOSITORY, 'packages')).filter((name) => {
  const file = join(REPOSITORY, 'packages', name, 'package.json');
  return existsSync(file) && !(JSON.parse(readFileSync(file, 'utf8')) as { private?: boolean }).private;
});

let elsewhere: string;

/** Runs the installed command line in the empty folder it was installed in. */
function medgan(args: readonly string[], onOutput?: (text: string, stop: () => void) => void) {
  const bin = join(elsewhere, 'node_modules/@medgan/cli/bin/medgan.mjs');
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: elsewhere,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    onOutput?.(stdout, () => child.kill('SIGINT'));
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const CONTROL = `arch: DCGAN
out: runs
run: tiny
batch_size: 4
latent_vector: 4
gen_feature_maps: 2
dis_feature_maps: 2
dataset_options: { count: 6 }
sample_count: 4
threads: 1
log_every: 1
`;

beforeAll(async () => {
  elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'medgan-packed-')));
  mkdirSync(join(elsewhere, 'tarballs'));
  const pack = ['pack', '--pack-destination', join(elsewhere, 'tarballs'), '--json'];
  const workspaces = PACKAGES.flatMap((name) => ['--workspace', `packages/${name}`]);
  await run('npm', [...pack, ...workspaces], { cwd: REPOSITORY });
  const tarballs = readdirSync(join(elsewhere, 'tarballs')).map((name) => `./tarballs/${name}`);
  expect(tarballs).toHaveLength(PACKAGES.length);
  writeFileSync(join(elsewhere, 'package.json'), '{ "private": true, "type": "module" }\n');
  // ONNX Runtime's install script would fetch CUDA libraries from elsewhere.
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['install', ...quiet, ...tarballs], { cwd: elsewhere });
  writeFileSync(join(elsewhere, 'tiny.yaml'), CONTROL);
}, 300_000);
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

describe('the packed product, installed in an empty folder', () => {
  it('runs from what was built: no sources, no test files, no maps of this machine', () => {
    for (const name of PACKAGES) {
      const { name: id } = JSON.parse(
        readFileSync(join(REPOSITORY, 'packages', name, 'package.json'), 'utf8'),
      ) as { name: string };
      const files = readdirSync(join(elsewhere, 'node_modules', id), { recursive: true }).map(String);
      const odd = files.filter((file) => /(\.test\.|\.testing\.|^src\/|\.tsbuildinfo)/.test(file));
      expect(odd, id).toEqual([]);
      expect(files.includes('package.json'), id).toBe(true);
    }
  });

  it('trains two steps, is interrupted, and goes on', async () => {
    let sent = false;
    const stopped = await medgan(['run', 'tiny.yaml', '--set', 'num_epochs=4000'], (text, stop) => {
      if (sent || !text.includes('step 2/')) return;
      sent = true;
      stop();
    });
    expect(stopped.code, stopped.stderr).toBe(130);
    const at = Number(/interrupted after step (\d+)/.exec(stopped.stdout)?.[1]);
    const resumed = await medgan(['resume', 'runs/tiny', '--extend', `max_steps=${at + 2}`]);
    expect(resumed, resumed.stderr).toMatchObject({ code: 0, stderr: '' });
  });

  it('generates, evaluates and exports', async () => {
    const drawn = await medgan(['generate', '--checkpoint', 'runs/tiny', '--count', '3', '--out', 'images']);
    expect(drawn, drawn.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(join(elsewhere, 'images')).filter((name) => name.endsWith('.png'))).toHaveLength(3);
    const judged = await medgan(['evaluate', 'runs/tiny', '--protocol', 'original', '--json']);
    expect(judged.code, judged.stderr).toBe(0);
    expect(JSON.parse(judged.stdout)).toHaveProperty('original');
    const exported = await medgan(['export', 'runs/tiny', '--format', 'onnx', '--out', 'generator.onnx']);
    expect(exported, exported.stderr).toMatchObject({ code: 0, stderr: '' });
  });

  it('runs a study, and reports it', async () => {
    mkdirSync(join(elsewhere, 'experiments'));
    writeFileSync(
      join(elsewhere, 'experiments/rates.yaml'),
      `title: Rates
question: Which rate?
base: { arch: DCGAN, latent_vector: 4, gen_feature_maps: 2, dis_feature_maps: 2, dataset_options: { count: 6 },
  batch_size: 4, sample_count: 4, threads: 1, max_steps: 2 }
vary: { grid: { learning_rate: [0.0002, 0.002] } }
configurations: { quick: {} }
`,
    );
    const ran = await medgan(['experiment', 'run', 'rates', '--jobs', '2']);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    const reported = await medgan(['report']);
    expect(reported.code, reported.stderr).toBe(0);
    expect(readFileSync(join(elsewhere, 'reports/index.html'), 'utf8')).toContain('Which rate?');
  });

  it('decodes in threads, as it does from sources', async () => {
    const folder = join(elsewhere, 'many/melanoma');
    mkdirSync(folder, { recursive: true });
    // As many files as are decoded in threads rather than in the main one.
    const image = readFileSync(join(elsewhere, 'images', readdirSync(join(elsewhere, 'images'))[0]!));
    for (let i = 0; i < 600; i++) writeFileSync(join(folder, `${i}.png`), image);
    const settings = [
      'path=many',
      'dataset=image-folder',
      'dataset_options={}',
      'max_steps=1',
      'run=many',
      'cache=""',
    ];
    const ran = await medgan(['run', 'tiny.yaml', ...settings.flatMap((each) => ['--set', each])]);
    expect(ran, ran.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('600 images of melanoma');
  });

  it('uses a plugin from outside', async () => {
    writeFileSync(
      join(elsewhere, 'difference.mjs'),
      `import * as tf from '@tensorflow/tfjs-core';
import { defineObjective } from '@medgan/plugin-api';
export default defineObjective({
  name: 'difference', summary: 'Squared distance of means', reference: 'none', usesLabels: false,
  options: { type: 'object', additionalProperties: false, properties: {} },
  discriminatorLoss: ({ real, fake }) => tf.square(tf.sub(tf.sub(tf.mean(real), tf.mean(fake)), 1)),
  generatorLoss: (fake) => tf.neg(tf.mean(fake)),
});
`,
    );
    const tested = await medgan(['plugins', 'test', './difference.mjs']);
    expect(tested, tested.stdout).toMatchObject({ code: 0 });
    const settings = ['plugins=[./difference.mjs]', 'objective=difference', 'max_steps=1', 'run=outside'];
    const ran = await medgan(['run', 'tiny.yaml', ...settings.flatMap((each) => ['--set', each])]);
    expect(ran, ran.stderr).toMatchObject({ code: 0, stderr: '' });
  });

  it('says what works here', async () => {
    const { code, stdout } = await medgan(['doctor']);
    expect(code).toBe(0);
    expect(stdout).toContain('onnx');
  });
});
