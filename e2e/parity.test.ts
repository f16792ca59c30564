import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startEngine, type Engine, type EngineName } from '@medgan/engine';
import { bce } from '@medgan/objectives';
import { replay } from '@medgan/trainer';
import { builtInPlugins } from '@medgan/runs';
import { sharedData } from './shared-data.ts';

const golden = sharedData('golden/training');

/** TF.js's cpu backend takes half a minute a case. */
const CASES: Readonly<Record<string, readonly Exclude<EngineName, 'eager'>[]>> = {
  'dcgan-64': ['onnx', 'wasm'],
  'sngan-64': ['onnx', 'wasm', 'cpu'],
  'sngan-128': ['onnx', 'wasm'],
  'dcgan-256': ['onnx', 'wasm'],
};

describe.skipIf(golden === undefined)('a trajectory recorded from PyTorch', () => {
  let engine: Engine | undefined;
  afterEach(() => engine?.dispose());

  for (const [name, engines] of Object.entries(CASES)) {
    it.each(engines)(`${name} is replayed by %s`, { timeout: 120_000 }, async (engineName) => {
      engine = await startEngine(engineName);
      const { architectures } = builtInPlugins();
      const directory = join(golden!, name);
      const report = await replay({ directory, engine, architectures, objective: bce, tolerance: 2e-5 });
      expect(report).toMatchObject({ ok: true, case: name });
    });
  }
});
