import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEngine, type Engine, type EngineName } from '@medgan/engine';
import { messageOf } from '@medgan/files';
import { bce } from '@medgan/objectives';
import { replay, type ParityReport } from '@medgan/trainer';
import { builtInPlugins } from '@medgan/runs';
import { sharedData } from '../tools/vitest/shared-data.ts';

/** Recorded by e2e/parity/make.py, small enough to lie in the repository. */
const TINY = join(import.meta.dirname, 'parity');

/** The large recordings. */
const golden = sharedData('golden/training');

type Replayer = Exclude<EngineName, 'eager'>;

const engineOf = (name: Replayer): Promise<Engine> => startEngine(name, { precision: 'exact' });

/** The native engine is tested where it is built. */
const isNativeBuilt = await engineOf('native').then(
  (engine) => engine.dispose().then(() => true),
  (error: unknown) => {
    process.stderr.write(`skipped: the native engine: ${messageOf(error)}\n`);
    return false;
  },
);

const here = (engines: readonly Replayer[]): readonly Replayer[] =>
  engines.filter((name) => name !== 'native' || isNativeBuilt);

async function replayed(directory: string, engineName: Replayer): Promise<ParityReport> {
  const engine = await engineOf(engineName);
  try {
    const { architectures } = builtInPlugins();
    return await replay({ directory, engine, architectures, objective: bce, tolerance: 2e-5 });
  } finally {
    await engine.dispose();
  }
}

describe.each(here(['native', 'onnx', 'wasm', 'cpu']))(
  '%s replays a tiny trajectory recorded from PyTorch',
  (engine) => {
    it.each(['tiny-dcgan-64', 'tiny-sngan-64'])('%s', async (name) => {
      const report = await replayed(join(TINY, name), engine);
      expect(report).toMatchObject({ ok: true, case: name });
      expect(report.steps).toHaveLength(2);
    });
  },
);

/**
 * TF.js's cpu backend takes half a minute per case. In the second step of sngan-64, an activation of the discriminator is
 * 5.7e-7 in float64: an engine that rounds more than PyTorch finds it below 0, and leaves the trajectory.
 */
const CASES: Readonly<Record<string, readonly Replayer[]>> = {
  'dcgan-64': ['native', 'onnx', 'wasm'],
  'sngan-64': ['native', 'onnx', 'wasm', 'cpu'],
  'sngan-128': ['native', 'onnx', 'wasm'],
  'dcgan-256': ['native', 'onnx', 'wasm'],
};

describe.skipIf(golden === undefined)('a trajectory recorded from PyTorch', () => {
  for (const [name, engines] of Object.entries(CASES)) {
    it.each(here(engines))(`${name} is replayed by %s`, { timeout: 120_000 }, async (engine) => {
      expect(await replayed(join(golden!, name), engine)).toMatchObject({ ok: true, case: name });
    });
  }
});
