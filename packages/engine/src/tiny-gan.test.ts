import { describe, expect, it } from 'vitest';
import type { Engine } from './engine.ts';
import { OnnxEngine } from './onnx/onnx-engine.ts';
import { startEngine } from './resolve.ts';
import { largestError } from './testing-cases/op-case.testing.ts';
import { tinyGan } from './testing-cases/tiny-gan.testing.ts';
import { usage } from './testing-cases/usage.testing.ts';

async function train(engine: Engine, steps: number): Promise<Float32Array[]> {
  const gan = tinyGan(engine);
  const program = await engine.compile(gan.step, gan.inputs);
  for (let n = 0; n < steps; n += engine.stepsPerCall) {
    const count = Math.min(engine.stepsPerCall, steps - n);
    await program.runSeries(Array.from({ length: count }, (_, i) => gan.feed(n + i)));
  }
  const state = await Promise.all(gan.variables.map((v) => engine.read(v)));
  return state.map((values) => Float32Array.from(values));
}

describe('a tiny GAN', () => {
  it('trains to the same weights on every engine', async () => {
    const engines = [
      new OnnxEngine({ verifyPasses: true }),
      await startEngine('wasm'),
      await startEngine('cpu'),
    ];
    const [onnx, wasm, cpu] = await Promise.all(engines.map((engine) => train(engine, 4)));
    for (const [i, expected] of cpu!.entries()) {
      expect(largestError(onnx![i]!, expected)).toBeLessThan(2e-5);
      expect(largestError(wasm![i]!, expected)).toBeLessThan(2e-5);
    }
    await Promise.all(engines.map((engine) => engine.dispose()));
  });

  it.each([
    ['twice', {}],
    ['in one call as in six', { stepsPerCall: 6 }],
    ['in calls of four and two steps as in six of one', { stepsPerCall: 4 }],
  ])('trains to the same bytes %s, at an equal number of threads', async (_how, options) => {
    const engines = [new OnnxEngine({ threads: 2 }), new OnnxEngine({ threads: 2, ...options })];
    const [first, second] = [await train(engines[0]!, 6), await train(engines[1]!, 6)];
    for (const [i, values] of first.entries()) {
      expect(Buffer.from(values.buffer).equals(Buffer.from(second[i]!.buffer))).toBe(true);
    }
    await Promise.all(engines.map((engine) => engine.dispose()));
  });
});

const MIB = 2 ** 20;

describe('memory', () => {
  it('is flat over 500 compiled steps', async () => {
    const engine = new OnnxEngine();
    const gan = tinyGan(engine);
    const program = await engine.compile(gan.step, gan.inputs);
    for (let n = 0; n < 50; n++) await program.run(gan.feed(n));
    const before = await usage();
    for (let n = 0; n < 500; n++) await program.run(gan.feed(n));
    const after = await usage();
    expect(after.tensors).toBe(before.tensors);
    expect(after.recorded).toBe(before.recorded);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(1 * MIB);
    expect(after.external - before.external).toBeLessThan(1 * MIB);
    expect(after.rss - before.rss).toBeLessThan(24 * MIB);
    await engine.dispose();
  });

  it('is flat over eager steps', async () => {
    for (const name of ['wasm', 'cpu'] as const) {
      const engine = await startEngine(name);
      const gan = tinyGan(engine);
      const program = await engine.compile(gan.step, gan.inputs);
      for (let n = 0; n < 3; n++) await program.run(gan.feed(n));
      const before = await usage();
      for (let n = 0; n < 8; n++) await program.run(gan.feed(n));
      expect((await usage()).tensors).toBe(before.tensors);
      await engine.dispose();
    }
  });

  it('of programs comes back when they are disposed of, and that of engines too', async () => {
    const engine = new OnnxEngine({ threads: 1 });
    const gan = tinyGan(engine);
    const compileOnce = async (): Promise<void> => {
      const program = await engine.compile(gan.step, gan.inputs);
      await program.run(gan.feed(0));
      await program.dispose();
    };
    for (let i = 0; i < 3; i++) await compileOnce();
    const before = await usage();
    for (let i = 0; i < 10; i++) await compileOnce();
    const after = await usage();
    expect(after.tensors).toBe(before.tensors);
    expect(after.recorded).toBe(before.recorded);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(2 * MIB);
    expect(after.rss - before.rss).toBeLessThan(40 * MIB);
    await engine.dispose();
  });

  it('is free of tensors after an engine is disposed of', async () => {
    const before = await usage();
    for (const engine of [new OnnxEngine(), await startEngine('wasm'), await startEngine('cpu')]) {
      await train(engine, 2);
      await engine.dispose();
    }
    const after = await usage();
    expect(after.tensors).toBe(before.tensors);
    expect(after.recorded).toBe(before.recorded);
  });
});
