import { startEngine, type Engine } from '@medgan/engine';
import { createRng, parseOptions } from '@medgan/plugin-api';
import { DIFF_AUGMENTATIONS, buildGan, drawInputs } from '@medgan/trainer';
import { describe, expect, it } from 'vitest';
import { builtInPlugins } from '../plugins/plugins.ts';
import { isNativePresent } from './native.testing.ts';

const { architectures, objectives } = builtInPlugins();
const BATCH = 3;

/** The figures that two steps with R1 and DiffAugment log, on the architecture's smallest networks. */
async function twoSteps(engine: Engine, name: string): Promise<Map<string, number>[]> {
  const architecture = architectures.get(name);
  const rng = createRng(name);
  const gan = buildGan(
    engine,
    {
      architecture,
      architectureOptions: parseOptions<object>(name, architecture.options, {}),
      sizes: architecture.tiny,
      objective: objectives.get(architecture.defaultObjective),
      objectiveOptions: parseOptions<object>('', objectives.get(architecture.defaultObjective).options, {}),
      labels: { real: 1, fake: 0, generator: 1 },
      learningRate: { generator: 0.0002, discriminator: 0.0002 },
      beta1: 0,
      beta2: 0.9,
      r1: 10,
      diffAugment: DIFF_AUGMENTATIONS,
    },
    rng,
  );
  const { step, inputs } = gan.updates.both;
  const specs = inputs(BATCH);
  const pixels = specs['real']!.shape.reduce((product, n) => product * n, 1);
  const given = { real: rng.uniforms(pixels).map((x) => 2 * x - 1), ...drawInputs(specs, rng) };
  const program = await engine.compile(step, specs);
  const steps: Map<string, number>[] = [];
  for (let i = 0; i < 2; i++) {
    const outputs = await program.run(given);
    steps.push(new Map(Object.entries(outputs).map(([key, values]) => [key, values[0]!])));
  }
  await engine.dispose();
  return steps;
}

describe('every built-in architecture', () => {
  it.each(architectures.names())('%s trains with R1 and DiffAugment', async (name) => {
    const steps = await twoSteps(await startEngine('onnx', { threads: 1 }), name);
    for (const [key, value] of steps[1]!) expect(value, key).toSatisfy(Number.isFinite);
  });

  it.skipIf(!isNativePresent).each(architectures.names())(
    '%s trains so on the engine native, by its own kernels and as on onnx',
    async (name) => {
      const reasons: string[] = [];
      const native = await startEngine('native', {
        threads: 1,
        precision: 'exact',
        onFallback: (reason) => reasons.push(reason),
      });
      const ours = await twoSteps(native, name);
      const theirs = await twoSteps(await startEngine('onnx', { threads: 1 }), name);
      expect(reasons).toEqual([]);
      // In the first step: the losses before the update, and what the updated discriminator says of the images.
      for (const [key, value] of theirs[0]!) {
        expect(Math.abs(ours[0]!.get(key)! - value), key).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
      }
      for (const [key, value] of ours[1]!) expect(value, key).toSatisfy(Number.isFinite);
    },
  );
});
