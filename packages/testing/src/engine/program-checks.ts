import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '@medgan/engine';
import { assertClose } from '../assertions.ts';
import type { Check } from '../check.ts';
import { useEngine, type EngineSubject } from './use-engine.ts';

const rule = (name: string, run: (engine: Engine) => Promise<void>): Check<EngineSubject> => ({
  name,
  run: (subject) => useEngine(subject, run),
});

const RUNS = 20;

/** Rules about steps that are run. */
export const programChecks: readonly Check<EngineSubject>[] = [
  rule('takes inputs of every type, and returns every output by name', async (engine) => {
    const program = await engine.compile(
      ({ x, n, yes }) => ({
        sum: tf.add(x!, tf.cast(n!, 'float32')),
        chosen: tf.where(yes!, x!, tf.zerosLike(x!)),
        input: x!,
      }),
      { x: { shape: [2] }, n: { shape: [2], dtype: 'int32' }, yes: { shape: [2], dtype: 'bool' } },
    );
    const inputs = { x: Float32Array.of(0.5, 2), n: Int32Array.of(3, -1), yes: Uint8Array.of(0, 1) };
    const { sum, chosen, input } = await program.run(inputs);
    assert.deepEqual(Array.from(sum!), [3.5, 1]);
    assert.deepEqual(Array.from(chosen!), [0, 2]);
    assert.deepEqual(Array.from(input!), [0.5, 2]);
    assert.ok(program.description.nodes >= 0 && program.description.compileMs >= 0);
  }),
  rule('differentiates a convolution, and differentiates its gradient again', async (engine) => {
    const filter = engine.variable({
      name: 'f',
      shape: [2, 2, 1, 2],
      values: Float32Array.of(1, -2, 3, 0.5, 2, 1, -1, 0.25),
    });
    const program = await engine.compile(
      ({ x }) => {
        const slope = tf.grad((images) =>
          tf.sum(tf.tanh(tf.conv2d(images as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid'))),
        );
        const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(slope(x!))), [filter]);
        return { value, gradient: tf.transpose(grads[filter.name]!, [3, 2, 0, 1]) };
      },
      { x: { shape: [1, 3, 3, 1] } },
    );
    const x = Float32Array.from({ length: 9 }, (_, i) => Math.sin(i));
    const start = await engine.read(filter);
    const { gradient } = await program.run({ x });
    const slopes: number[] = [];
    for (let i = 0; i < start.length; i++) {
      const at = async (by: number): Promise<number> => {
        engine.write(filter, start.map((v, j) => (i === j ? v + by : v)) as Float32Array);
        return (await program.run({ x }))['value']![0]!;
      };
      slopes.push(((await at(1e-2)) - (await at(-1e-2))) / 2e-2);
    }
    assertClose('the gradient of a gradient', [gradient!, slopes], 5e-3);
  }),
  rule('returns the same values twice for the same state and inputs', async (engine) => {
    const w = engine.variable({
      name: 'w',
      shape: [8, 8],
      values: Float32Array.from({ length: 64 }, (_, i) => Math.cos(i)),
    });
    const program = await engine.compile(
      ({ x }) => ({ y: tf.sigmoid(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D)) }),
      {
        x: { shape: [4, 8] },
      },
    );
    const x = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i));
    assert.deepEqual(await program.run({ x }), await program.run({ x }));
  }),
  rule('runs a series as its steps one after the other', async (engine) => {
    const sum = engine.variable({ name: 'sum', shape: [2], values: Float32Array.of(1, 2) });
    const factor = engine.variable({ name: 'factor', shape: [], values: Float32Array.of(2) });
    const last = engine.variable({ name: 'last', shape: [2] });
    const program = await engine.compile(
      ({ x }) => {
        sum.assign(tf.add(sum, tf.mul(factor, x!)));
        last.assign(x!);
        return { sum, mean: tf.mean(sum) };
      },
      { x: { shape: [2] } },
    );
    assert.ok(Number.isInteger(engine.stepsPerCall) && engine.stepsPerCall >= 1);
    const series = [1, 10, 100].map((n) => ({ x: Float32Array.of(n, -n) }));
    const outputs = await program.runSeries(series);
    const expected = [
      [3, 0],
      [23, -20],
      [223, -220],
    ];
    assert.deepEqual(
      outputs.map((each) => Array.from(each['sum']!)),
      expected,
    );
    assert.deepEqual(
      outputs.map((each) => Array.from(each['mean']!)),
      [[1.5], [1.5], [1.5]],
    );
    assert.deepEqual(await engine.read(sum), Float32Array.of(223, -220));
    assert.deepEqual(await engine.read(last), Float32Array.of(100, -100));
    assert.deepEqual(await program.runSeries([]), []);
    assert.deepEqual(Array.from((await program.run({ x: Float32Array.of(1, 1) }))['sum']!), [225, -218]);
  }),
  rule(
    'refuses inputs that are missing, unknown, or of another type or length, and leaves the state as it was',
    async (engine) => {
      const w = engine.variable({ name: 'w', shape: [2], values: Float32Array.of(1, 2) });
      const program = await engine.compile(
        ({ x }) => {
          w.assign(tf.add(w, x!));
          return { y: tf.sum(w) };
        },
        { x: { shape: [2] } },
      );
      await assert.rejects(program.run({}), /\bx\b.*nothing/);
      await assert.rejects(program.run({ x: Int32Array.of(1, 1) }), /\bx\b.*Float32Array.*Int32Array/);
      const unknown = { x: new Float32Array(2), z: new Float32Array(2) };
      await assert.rejects(program.run(unknown), /\bz\b/);
      await assert.rejects(program.run({ x: new Float32Array(3) }), /\bx\b.*\b2\b.*\b3\b/);
      assert.deepEqual(await engine.read(w), Float32Array.of(1, 2));
      assert.deepEqual(Array.from((await program.run({ x: Float32Array.of(1, 1) }))['y']!), [5]);
    },
  ),
  rule('refuses a step that draws random numbers', async (engine) => {
    const running = async (): Promise<unknown> => {
      const program = await engine.compile(({ x }) => ({ y: tf.add(x!, tf.randomNormal([2])) }), {
        x: { shape: [2] },
      });
      return program.run({ x: new Float32Array(2) });
    };
    await assert.rejects(running(), /random numbers/);
  }),
  rule('frees the memory of each call', async (engine) => {
    const w = engine.variable({ name: 'w', shape: [4], values: new Float32Array(4) });
    const program = await engine.compile(
      ({ x }) => {
        const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(tf.sub(w, x!))), [w]);
        w.assign(tf.sub(w, tf.mul(grads[w.name]!, 0.5)));
        return { loss: value };
      },
      { x: { shape: [4] } },
    );
    const x = Float32Array.of(1, 2, 3, 4);
    await program.run({ x });
    const before = tf.memory();
    for (let i = 0; i < RUNS; i++) await program.run({ x });
    const after = tf.memory();
    assert.equal(after.numTensors, before.numTensors, `${RUNS} runs left tensors behind`);
    assert.equal(after.numDataBuffers, before.numDataBuffers, `${RUNS} runs left buffers behind`);
  }),
  {
    name: 'frees its variables when it is disposed of',
    async run({ start }) {
      const before = tf.memory().numTensors;
      const engine = await start();
      engine.variable({ name: 'a', shape: [2, 2] });
      engine.variable({ name: 'b', shape: [1, 1, 2, 2] });
      const program = await engine.compile(({ x }) => ({ y: tf.neg(x!) }), { x: { shape: [1] } });
      await program.run({ x: Float32Array.of(1) });
      await engine.dispose();
      assert.equal(tf.memory().numTensors, before, 'tensors are left');
    },
  },
  {
    name: 'refuses to run what was disposed of',
    async run({ start }) {
      const engine = await start();
      const w = engine.variable({ name: 'w', shape: [1] });
      const compile = () => engine.compile(({ x }) => ({ y: tf.add(w, x!) }), { x: { shape: [1] } });
      const [one, other] = [await compile(), await compile()];
      await one.dispose();
      await assert.rejects(one.run({ x: Float32Array.of(1) }), /disposed of/);
      await other.run({ x: Float32Array.of(1) });
      await engine.dispose();
      await assert.rejects(other.run({ x: Float32Array.of(1) }), /disposed of/);
    },
  },
];
