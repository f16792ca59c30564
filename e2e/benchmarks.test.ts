import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createRng } from '@medgan/plugin-api';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findMlflow } from 'mlflow-ts-client/testing';
import { filesLike, ROOT } from './docs/pages.ts';
import { SMALL, writeRandomGenerator } from './random-generator.ts';

const BENCHMARKS = join(ROOT, 'benchmarks');
const SOURCE = ['--conditions=@medgan/source', '--import', 'tsx'];

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'medgan-benchmarks-'));
  mkdirSync(join(folder, 'images/melanoma'), { recursive: true });
  for (let i = 0; i < 3; i++) {
    await sharp({ create: { width: 20, height: 16, channels: 3, background: { r: 80 * i, g: 90, b: 70 } } })
      .jpeg()
      .toFile(join(folder, `images/melanoma/${i}.jpg`));
  }
  await writeRandomGenerator(join(folder, 'generator.safetensors'));
  const latents = createRng('latents').normals(4 * SMALL.latentSize);
  writeFileSync(join(folder, 'latents.f32'), Buffer.from(latents.buffer));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a benchmark at its smallest size, without the peers. Its times say nothing here: only that it computes is looked at. */
async function benchmark(script: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, PYTHON: '' };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...SOURCE, join(BENCHMARKS, script), ...args],
    {
      cwd: ROOT,
      env,
    },
  );
  return stdout;
}

/** What is started here, by the script that starts it; those below are started by these. */
const TINY = ['--rounds', '1', '--steps', '1', '--features', '2', '--batch-size', '2'];
const STARTED: Readonly<Record<string, () => Promise<void>>> = {
  'step/compare.mjs': async () => {
    expect(await benchmark('step/compare.mjs', ...TINY)).toMatch(/medgan onnx +median \d/);
  },
  'step/engines.mjs': async () => {
    const shown = await benchmark('step/engines.mjs', '--engines', 'onnx,wasm', ...TINY);
    expect(shown).toMatch(/wasm, 2 threads \/ onnx, 2 threads: \d/);
  },
  'step/techniques.ts': async () => {
    expect(await benchmark('step/techniques.ts', 'dcgan', '2', '2', '1')).toContain('R1 and DiffAugment');
  },
  'loader/run.ts': async () => {
    const args = ['--rounds', '1', '--epochs', '1', '--size', '16', '--workers', '1'];
    expect(await benchmark('loader/run.ts', join(folder, 'images'), ...args)).toMatch(/medgan.+ 3 /);
  },
  'loader/many-files.ts': async () => {
    expect(
      await benchmark('loader/many-files.ts', '--files', '20', '--size', '16', '--workers', '1'),
    ).toContain('touched');
  },
  'metrics/run.ts': async () => {
    expect(await benchmark('metrics/run.ts', '1', '16')).toMatch(/haarpsi +ours .*mean 0\.\d+/);
  },
  'generate/ours.ts': async () => {
    const files = [join(folder, 'generator.safetensors'), join(folder, 'latents.f32')] as const;
    const shown = await benchmark('generate/ours.ts', '--weights', files[0], '--latents', files[1]);
    expect(JSON.parse(shown)).toMatchObject({ images_per_s: expect.any(Number) as number });
  },
  'many-trials.ts': async () => {
    expect(await benchmark('many-trials.ts', '20', '5')).toContain('handed in by 1 calls of sbatch');
  },
  'tracking.ts': async () => {
    expect(await benchmark('tracking.ts', '--rounds', '1', '--steps', '20')).toMatch(/tracking/);
  },
};

/** These need photographs or a trained study; that they start shows their imports. */
const ASK_FOR: Readonly<Record<string, RegExp>> = {
  'metrics/sets.ts': /name the image folder and the manifest/,
  'few-images/judge.ts': /name the folder of a study/,
  'generate/compare.mjs': /the weights are made by PyTorch/,
};

const mlflow = findMlflow();
for (const [script, start] of Object.entries(STARTED)) {
  const lacks = script === 'tracking.ts' && mlflow === undefined;
  it.skipIf(lacks)(`benchmarks/${script} computes at its smallest size`, start, 120_000);
}

it.each(Object.entries(ASK_FOR))(
  'benchmarks/%s starts, and asks for what it needs',
  async (script, message) => {
    await expect(benchmark(script)).rejects.toThrow(message);
  },
);

it('every benchmark is started', () => {
  /** Started by others, and no benchmark of their own. */
  const parts = [
    'contenders.mjs',
    'loader/first-batch.ts',
    'loader/ours.ts',
    'metrics/measure.ts',
    'step/interleave.mjs',
  ];
  const scripts = filesLike('benchmarks/**/*.ts', 'benchmarks/**/*.mjs').map((file) =>
    file.replace('benchmarks/', ''),
  );
  expect([...parts, ...Object.keys(STARTED), ...Object.keys(ASK_FOR)].sort()).toEqual(scripts.sort());
});
