/** TF.js over TensorFlow, as installed by `medgan engine install tfjs-node`. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startEngine, type Engine, type EngineName } from '@medgan/engine';
import { bce } from '@medgan/objectives';
import { createRng } from '@medgan/plugin-api';
import { engineContract } from '@medgan/testing';
import { buildGan, drawInputs, replay, restoreCheckpoint, writeCheckpoint, type Gan } from '@medgan/trainer';
import { benchSpec, builtInPlugins } from '@medgan/runs';
import { readSafetensorsFile } from '@medgan/weights';
import { isPresent } from '@medgan/engine/testing';
import { fingerprint } from '../tools/vitest/fingerprint.ts';
import { medgan, startMedgan } from './medgan.ts';
import { sharedData } from '../tools/vitest/shared-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'medgan-tfjs-node-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const here = isPresent('tfjs-node');
const golden = sharedData('golden/training');

describe.skipIf(!here)('the contract', () => {
  engineContract('tfjs-node', () => startEngine('tfjs-node'));
});

describe.skipIf(!here || golden === undefined)('a trajectory recorded from PyTorch', () => {
  // MEDGAN_PARITY=all for the two that take minutes on a CPU.
  const cases = [
    'dcgan-64',
    'sngan-64',
    ...(process.env['MEDGAN_PARITY'] === 'all' ? ['sngan-128', 'dcgan-256'] : []),
  ];
  it.each(cases)('%s is replayed', { timeout: 600_000 }, async (name) => {
    const engine = await startEngine('tfjs-node');
    const report = await replay({
      directory: join(golden!, name),
      engine,
      architectures: builtInPlugins().architectures,
      objective: bce,
      tolerance: 2e-5,
    });
    await engine.dispose();
    expect(report).toMatchObject({ ok: true, case: name });
  });
});

describe.skipIf(!here)('a run that is killed and resumed', () => {
  it('ends with the bytes of an unbroken run', { timeout: 600_000 }, async () => {
    const file = join(folder, 'control.yaml');
    writeFileSync(
      file,
      `arch: DCGAN
engine: tfjs-node
out: ${folder}
seed: 3
num_epochs: 4
batch_size: 8
latent_vector: 8
gen_feature_maps: 2
dis_feature_maps: 2
dataset_options: { count: 20 }
classes: [nevus]
sample_every: 9
sample_count: 4
checkpoint_every: 3
threads: 1
cache: ''
`,
    );
    const unbroken = await medgan('run', file, '--set', 'run=unbroken');
    expect(unbroken, unbroken.stderr).toMatchObject({ code: 0, stderr: '' });
    const runDir = join(folder, 'broken');
    const checkpoints = join(runDir, 'checkpoints');
    const { child, ended } = startMedgan(['run', file, '--set', 'run=broken']);
    while (!existsSync(checkpoints) || !readdirSync(checkpoints).some((name) => /^step-\d+$/.test(name))) {
      expect(child.exitCode, 'the run ended before its first checkpoint').toBe(null);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    const resumed = await medgan('resume', runDir);
    expect(resumed, resumed.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(fingerprint(runDir)).toEqual(fingerprint(join(folder, 'unbroken')));
  });
});

/** A DCGAN of few feature maps. */
const ganOn = (engine: Engine, seed: number): Gan => {
  const spec = benchSpec({ arch: 'DCGAN', imageSize: 64, latent: 8, features: 4 });
  return buildGan(engine, spec, createRng(seed));
};

async function trainSteps({ engine, updates, spec }: Gan, steps: number): Promise<void> {
  const specs = updates.both.inputs(4);
  const program = await engine.compile(updates.both.step, specs);
  const rng = createRng('inputs');
  for (let n = 0; n < steps; n++) {
    const real = rng.uniforms(4 * spec.sizes.imageSize ** 2 * 3).map((value) => 2 * value - 1);
    await program.run({ real, ...drawInputs(specs, rng) });
  }
}

describe.skipIf(!here)('a checkpoint', () => {
  it.each([
    ['tfjs-node', 'onnx'],
    ['onnx', 'tfjs-node'],
  ] satisfies [EngineName, EngineName][])(
    'of %s is taken up by %s',
    { timeout: 300_000 },
    async (from, to) => {
      const engines = [await startEngine(from), await startEngine(to)] as const;
      const [original, restored] = [ganOn(engines[0], 1), ganOn(engines[1], 2)];
      await trainSteps(original, 3);
      const written = await writeCheckpoint(join(folder, `by-${from}`), original, { step: 3, epoch: 1 });
      await restoreCheckpoint(restored, written);
      const again = await writeCheckpoint(join(folder, `again-by-${to}`), restored, { step: 3, epoch: 1 });
      for (const name of readdirSync(written)) {
        expect(readFileSync(join(again, name)).equals(readFileSync(join(written, name))), name).toBe(true);
      }
      // One step on, the same weights but for rounding.
      const next = await Promise.all(
        [original, restored].map(async (gan, i) => {
          await trainSteps(gan, 1);
          return writeCheckpoint(join(folder, `next-${from}-${i}`), gan, { step: 4, epoch: 1 });
        }),
      );
      const [one, other] = await Promise.all(
        next.map((path) => readSafetensorsFile(join(path, 'generator.safetensors'))),
      );
      for (const [name, { data }] of one!.tensors) {
        if (!(data instanceof Float32Array)) continue;
        const values = other!.tensors.get(name)!.data as Float32Array;
        const errors = data.map((value, i) => Math.abs(value - values[i]!));
        expect(Math.max(...errors), name).toBeLessThan(1e-4);
      }
      await Promise.all(engines.map((engine) => engine.dispose()));
    },
  );
});
