import { afterAll, describe, expect, it } from 'vitest';
import type { Step } from './engine.ts';
import type { EngineError } from './engine-error.ts';
import { failureOf } from './failure.testing.ts';
import { OnnxEngine } from './onnx/onnx-engine.ts';
import { resolveEngine, startEngine } from './resolve.ts';
import { tf } from './tf.ts';

const onnx = new OnnxEngine();
const cpu = await startEngine('cpu');
afterAll(() => Promise.all([onnx.dispose(), cpu.dispose()]));

const VECTOR = { x: { shape: [3] } };

describe('both engines', () => {
  it('say which input is wrong', async () => {
    for (const engine of [onnx, cpu]) {
      const program = await engine.compile(({ x, n }) => ({ y: tf.add(x!, tf.cast(n!, 'float32')) }), {
        x: { shape: [2, 3] },
        n: { shape: [], dtype: 'int32' },
      });
      const n = Int32Array.of(1);
      expect(await failureOf(() => program.run({ x: new Float32Array(5), n }))).toBe(
        'engine: input x must be Float32Array of length 6, for shape [2, 3]; got Float32Array of length 5',
      );
      expect(await failureOf(() => program.run({ x: new Float32Array(6), n: Float32Array.of(1) }))).toBe(
        'engine: input n must be Int32Array of length 1, for shape []; got Float32Array of length 1',
      );
      expect(await failureOf(() => program.run({ n }))).toBe(
        'engine: input x must be Float32Array of length 6, for shape [2, 3]; got nothing',
      );
      expect(await failureOf(() => program.run({ x: new Float32Array(6), n, z: n }))).toBe(
        'engine: the step has no input z (it has x, n)',
      );
    }
  });

  it('say which variable got the wrong values', async () => {
    for (const engine of [onnx, cpu]) {
      const wrong = { name: 'bias', shape: [3], values: new Float32Array(2) };
      expect(await failureOf(() => engine.variable(wrong))).toBe(
        'engine: the values of variable bias must be Float32Array of length 3, for shape [3]; got Float32Array of length 2',
      );
      const count = engine.variable({ name: 'count', shape: [], dtype: 'int32' });
      expect(await failureOf(() => engine.write(count, new Float32Array(1)))).toBe(
        'engine: the values of variable count must be Int32Array of length 1, for shape []; got Float32Array of length 1',
      );
    }
  });

  it('refuse what was disposed of', async () => {
    for (const engine of [new OnnxEngine(), await startEngine('cpu')]) {
      const w = engine.variable({ name: 'w', shape: [3] });
      const step: Step = ({ x }) => ({ y: tf.add(x!, w) });
      const program = await engine.compile(step, VECTOR);
      const other = await engine.compile(step, VECTOR);
      await program.dispose();
      await program.dispose();
      const x = new Float32Array(3);
      expect(await failureOf(() => program.run({ x }))).toBe(
        'engine: a program was run after it was disposed of',
      );
      expect(await failureOf(() => other.run({ x }))).toBe('no error');
      await engine.dispose();
      await engine.dispose();
      expect(await failureOf(() => other.run({ x }))).toBe(
        'engine: a program was run after it was disposed of',
      );
      const used = 'engine: the engine was used after it was disposed of';
      expect(await failureOf(() => engine.compile(step, VECTOR))).toBe(used);
      expect(await failureOf(() => engine.variable({ name: 'late', shape: [] }))).toBe(used);
      expect(await failureOf(() => engine.read(w))).toBe(
        'engine: the variable does not belong to this engine',
      );
    }
  });
});

/** What this machine says of an engine, which may work here. */
const verdict = async (name: 'tfjs-node-gpu' | 'onnx-cuda'): Promise<string | undefined> => {
  try {
    await (await startEngine(name)).dispose();
    return undefined;
  } catch (error) {
    return (error as EngineError).what;
  }
};

describe('resolveEngine', () => {
  it('takes the first engine that works and keeps the reasons', async () => {
    const reason = await verdict('tfjs-node-gpu');
    const { engine, passedOver } = await resolveEngine(['tfjs-node-gpu', 'cpu', 'onnx']);
    expect(engine.name).toBe(reason === undefined ? 'tfjs-node-gpu' : 'cpu');
    expect(passedOver).toEqual(reason === undefined ? [] : [{ engine: 'tfjs-node-gpu', reason }]);
    await engine.dispose();
  });

  it('says why none works', async ({ skip }) => {
    const reason = await verdict('onnx-cuda');
    skip(reason === undefined, 'onnx-cuda works here');
    expect(await failureOf(() => resolveEngine(['onnx-cuda', 'onnx-cuda']))).toBe(
      `engine: none of the engines works here:\n  onnx-cuda: ${reason}\n  onnx-cuda: ${reason}\n` +
        '  cure: use engine: onnx',
    );
  });
});
