import { startEngine } from '@medgan/engine';
import { createRng, parseOptions } from '@medgan/plugin-api';
import { DIFF_AUGMENTATIONS, buildGan, drawInputs } from '@medgan/trainer';
import { describe, expect, it } from 'vitest';
import { builtInPlugins } from '../plugins/plugins.ts';

const { architectures, objectives } = builtInPlugins();
const BATCH = 3;

describe('every built-in architecture', () => {
  it.each(architectures.names())('%s trains with R1 and DiffAugment', async (name) => {
    const architecture = architectures.get(name);
    const engine = await startEngine('onnx', { threads: 1 });
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
    await program.run(given);
    const outputs = await program.run(given);
    await engine.dispose();
    for (const [key, values] of Object.entries(outputs)) expect(values[0], key).toSatisfy(Number.isFinite);
  });
});
