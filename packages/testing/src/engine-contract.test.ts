import { EngineError, OnnxEngine, startEngine, type Engine } from '@medgan/engine';
import { describe, expect, it } from 'vitest';
import {
  engineWith,
  leaking,
  running,
  withoutLayout,
  withoutMemory,
  withSharedReads,
} from '../test/broken-engine.ts';
import { brokenRules, engineChecks, engineContract } from './index.ts';

/** The native engine is held to the contract where it is built; elsewhere the reason for leaving it out is printed. */
const isNativeBuilt = await startEngine('native').then(
  (engine) => engine.dispose().then(() => true),
  (error: unknown) => {
    if (!(error instanceof EngineError)) throw error;
    process.stderr.write(`skipped: ${error.message}\n`);
    return false;
  },
);

for (const name of [...(isNativeBuilt ? (['native'] as const) : []), 'onnx', 'wasm', 'cpu'] as const)
  engineContract(name, () => startEngine(name));
engineContract('onnx, in series', () => Promise.resolve(new OnnxEngine({ stepsPerCall: 4 })));

const quietly = <T>(body: () => T, otherwise: T): T => {
  try {
    return body();
  } catch {
    return otherwise;
  }
};

let runs = 0;

const WRONG: [fault: string, change: (engine: Engine) => Partial<Engine>, rule: string, reason: RegExp][] = [
  ['no name', () => ({ name: '' }), 'has a name and a device', /must match|did not match/],
  [
    'ones for nothing',
    (engine) => ({
      variable: (spec) =>
        engine.variable({ values: new Float32Array(spec.shape.reduce((p, n) => p * n, 1)).fill(1), ...spec }),
    }),
    'keeps variables of every rank',
    /Float32Array\(1\)/,
  ],
  ['shared reads', withSharedReads, 'copies the values that it takes', /deep/],
  ['another layout', withoutLayout, 'stores filters as PyTorch does', /deep/],
  ['no memory', withoutMemory, 'keeps what a step assigned', /deep/],
  [
    'writes of any length',
    (engine) => ({ write: (variable, values) => quietly(() => engine.write(variable, values), undefined) }),
    'refuses values that do not fit',
    /Missing expected exception/,
  ],
  [
    'variables of anybody',
    (engine) => ({ read: (variable) => engine.read(variable).catch(() => new Float32Array(1)) }),
    'refuses a variable of another engine',
    /Missing expected rejection/,
  ],
  [
    'an output forgotten',
    running(async (program, inputs) => {
      const { sum: _forgotten, ...rest } = await program.run(inputs);
      return rest;
    }),
    'takes inputs of every type',
    /./,
  ],
  [
    'a gradient that is off',
    running(async (program, inputs) => {
      const outputs = await program.run(inputs);
      return { ...outputs, gradient: Float32Array.from(outputs['gradient'] ?? [], (g) => 1.1 * g) };
    }),
    'differentiates a convolution',
    /the gradient of a gradient: off by/,
  ],
  [
    'a padding that is off',
    running(async (program, inputs) => {
      const outputs = await program.run(inputs);
      return { ...outputs, byFilter: Float32Array.from(outputs['byFilter'] ?? [], (g) => 1.1 * g) };
    }),
    'convolves and differentiates with padding',
    /its gradient by the filter: off by/,
  ],
  [
    'another result each time',
    running(async (program, inputs) => {
      const outputs = await program.run(inputs);
      outputs['y']![0]! += ++runs;
      return outputs;
    }),
    'returns the same values twice',
    /deep/,
  ],
  [
    'zeros for a missing input',
    running((program, inputs) => program.run({ x: new Float32Array(2), ...inputs })),
    'refuses inputs that are missing',
    /Missing expected rejection/,
  ],
  [
    'anything goes',
    running((program, inputs) => program.run(inputs).catch(() => ({ y: new Float32Array(2) }))),
    'refuses a step that draws random numbers',
    /Missing expected rejection/,
  ],
  [
    'a series run backwards',
    (engine) => ({
      compile: async (step, inputs) => {
        const program = await engine.compile(step, inputs);
        return {
          description: program.description,
          run: (values) => program.run(values),
          runSeries: async (series) => (await program.runSeries([...series].reverse())).reverse(),
          dispose: () => program.dispose(),
        };
      },
    }),
    'runs a series',
    /deep/,
  ],
  ['a leak', leaking, 'frees the memory of each call', /20 runs left tensors behind/],
  ['nothing freed', () => ({ dispose: () => Promise.resolve() }), 'frees its variables', /tensors are left/],
  [
    'runs after it was freed',
    running((program, inputs) => program.run(inputs).catch(() => ({ y: new Float32Array(1) }))),
    'refuses to run what was disposed of',
    /Missing expected rejection/,
  ],
];

describe('the engine contract', () => {
  it.each(WRONG)('finds: %s', async (...[, change, rule, reason]) => {
    const rules = engineChecks.filter(({ name }) => name.startsWith(rule));
    expect(await brokenRules(rules, { start: () => engineWith(change) })).toEqual([
      { name: rules[0]!.name, reason: expect.stringMatching(reason) },
    ]);
  });
});
