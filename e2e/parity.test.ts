import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startEngine, type Engine, type EngineName } from '@medgan/engine';
import { bce } from '@medgan/objectives';
import { replay } from '@medgan/trainer';
import { builtInPlugins } from '@medgan/runs';
import { sharedData } from '../tools/vitest/shared-data.ts';

const golden = sharedData('golden/training');

/** The native engine is tested where it is built. */
const isNativeBuilt = await startEngine('native').then(
  (engine) => engine.dispose().then(() => true),
  () => false,
);

/**
 * TF.js's cpu backend takes half a minute a case. sngan-64 is not replayed by native: in its second step, an activation of
 * the discriminator is so near to 0 (−1e-6 there, 5e-7 in ONNX Runtime) that rounding decides on which side it lies.
 */
const CASES: Readonly<Record<string, readonly Exclude<EngineName, 'eager'>[]>> = {
  'dcgan-64': ['native', 'onnx', 'wasm'],
  'sngan-64': ['onnx', 'wasm', 'cpu'],
  'sngan-128': ['native', 'onnx', 'wasm'],
  'dcgan-256': ['native', 'onnx', 'wasm'],
};

describe.skipIf(golden === undefined)('a trajectory recorded from PyTorch', () => {
  let engine: Engine | undefined;
  afterEach(() => engine?.dispose());

  for (const [name, engines] of Object.entries(CASES)) {
    const here = engines.filter((engineName) => engineName !== 'native' || isNativeBuilt);
    it.each(here)(`${name} is replayed by %s`, { timeout: 120_000 }, async (engineName) => {
      engine = await startEngine(engineName, { precision: 'exact' });
      const { architectures } = builtInPlugins();
      const directory = join(golden!, name);
      const report = await replay({ directory, engine, architectures, objective: bce, tolerance: 2e-5 });
      expect(report).toMatchObject({ ok: true, case: name });
    });
  }
});
