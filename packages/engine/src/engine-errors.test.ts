/* eslint-disable no-restricted-properties -- what happens when a step draws from Math.random is tested here */
import { afterAll, describe, expect, it } from 'vitest';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { InputSpec, Step } from './engine.ts';
import { failureOf } from './failure.testing.ts';
import { OnnxEngine } from './onnx/onnx-engine.ts';
import { startEngine } from './resolve.ts';
import { tf } from './tf.ts';

const onnx = new OnnxEngine();
const cpu = await startEngine('cpu');
afterAll(() => Promise.all([onnx.dispose(), cpu.dispose()]));

const VECTOR = { x: { shape: [3] } };

/** The message with which `body` fails, without the lines and folders of this machine. */
const message = async (body: () => unknown): Promise<string> =>
  (await failureOf(body)).replace(/(?:file:\/\/)?\/\S*\/(engine-errors\.test\.ts):\d+:\d+/g, '$1');

const compiling = (step: Step, inputs: Readonly<Record<string, InputSpec>> = VECTOR): Promise<string> =>
  message(() => onnx.compile(step, inputs));

/** Runs a step on TF.js's `cpu` backend, for the errors of the eager engine. */
const eagerly = (step: Step): Promise<string> =>
  message(async () => (await cpu.compile(step, VECTOR)).run({ x: Float32Array.of(1, 2, 3) }));

describe('compiling a step that', () => {
  it('calls a kernel without a lowering names the kernel and the caller', async () => {
    function rankOfClasses(x: Tensor): Tensor {
      return tf.cumsum(x);
    }
    expect(await compiling(({ x }) => ({ y: rankOfClasses(x!) }))).toMatchInlineSnapshot(`
      "engine: TF.js kernel Cumsum, called in rankOfClasses (engine-errors.test.ts), cannot be compiled
        cure: use other TF.js operations, or run with engine: wasm or cpu"
    `);
  });

  it('calls a kernel in a way that has none says which', async () => {
    const image = { x: { shape: [1, 5, 5, 1] } };
    expect(
      await compiling(({ x }) => ({ y: tf.grad((v) => tf.avgPool(v as Tensor4D, 2, 2, 'same'))(x!) }), image),
    ).toMatchInlineSnapshot(`
      "engine: AvgPoolGrad with padded windows cannot be compiled
        cure: use other TF.js operations, or run with engine: wasm or cpu"
    `);
    expect(
      await compiling(({ x }) => ({ y: tf.image.resizeNearestNeighbor(x as Tensor4D, [7, 7]) }), image),
    ).toMatchInlineSnapshot(
      `"engine: ResizeNearestNeighbor, called in engine-errors.test.ts: nearest-neighbour resizing is compiled for whole factors without alignCorners only"`,
    );
  });

  it('reads a tensor says so', async () => {
    expect(await compiling(({ x }) => ({ y: x!.dataSync()[0]! > 0 ? tf.neg(x!) : x! })))
      .toMatchInlineSnapshot(`
      "engine: the step reads the values of a tensor (in engine-errors.test.ts), which do not exist while it is compiled
        cure: compute with TF.js operations only (tf.where instead of if), or run with engine: wasm or cpu"
    `);
  });

  it('reads a tensor later says so at once', async () => {
    expect(
      await compiling(({ x }) => {
        void x!.data();
        return { y: x! };
      }),
    ).toContain('the step reads the values of a tensor');
  });

  it('draws random numbers says so', async () => {
    expect(await compiling(({ x }) => ({ y: tf.add(x!, tf.randomNormal([3])) }))).toMatchInlineSnapshot(`
      "engine: the step draws random numbers, in engine-errors.test.ts
        cure: draw them from the Rng outside and pass them to the step as an input"
    `);
    expect(await compiling(({ x }) => ({ y: tf.dropout(x!, 0.5) }))).toMatchInlineSnapshot(`
      "engine: the step draws random numbers, in engine-errors.test.ts
        cure: draw them from the Rng outside and pass them to the step as an input"
    `);
    expect(await compiling(({ x }) => ({ y: tf.mul(x!, Math.random()) }))).toMatchInlineSnapshot(`
      "engine: the step draws random numbers, in engine-errors.test.ts
        cure: draw them from the Rng outside and pass them to the step as an input"
    `);
  });

  it('depends on a hidden counter says so', async () => {
    let calls = 0;
    expect(await compiling(({ x }) => ({ y: tf.mul(x!, ++calls) }))).toMatchInlineSnapshot(`
      "engine: two calls of the step with the same inputs do different things
        cure: what changes from call to call (random numbers, counters, schedules) must be an input or a variable"
    `);
  });

  it('uses a tensor from outside says so', async () => {
    await tf.setBackend('cpu');
    const foreign = tf.tensor1d([1, 2, 3]);
    expect(await compiling(({ x }) => ({ y: tf.add(x!, foreign) }))).toMatchInlineSnapshot(`
      "engine: the step uses a tensor [3] made outside of it on another TF.js backend
        cure: pass it as an input, or keep it in a variable of the engine"
    `);
    foreign.dispose();
  });

  it('keeps a tensor from one call to the next says so', async () => {
    let kept: Tensor | undefined;
    const step: Step = ({ x }) => {
      const y = tf.keep(tf.neg(x!));
      const sum = kept ? tf.add(kept, y) : y;
      kept = y;
      return { y: sum };
    };
    expect(await compiling(step)).toMatchInlineSnapshot(`
      "engine: the step uses a tensor that was made by an earlier call of a step
        cure: keep it in a variable of the engine instead"
    `);
  });

  it('uses the variable of another engine says so', async () => {
    const other = new OnnxEngine();
    const theirs = other.variable({ name: 'theirs', shape: [3], values: Float32Array.of(7, 8, 9) });
    const eager = cpu.variable({ name: 'eager', shape: [3] });
    expect(await compiling(({ x }) => ({ y: tf.add(x!, theirs) }))).toMatchInlineSnapshot(`
      "engine: the step uses the variable theirs of another engine, in engine-errors.test.ts
        cure: make the variable with the engine that compiles the step"
    `);
    expect(
      await compiling(({ x }) => {
        theirs.assign(x as never);
        return {};
      }),
    ).toMatchInlineSnapshot(`
      "engine: the step uses the variable theirs of another engine, in engine-errors.test.ts
        cure: make the variable with the engine that compiles the step"
    `);
    expect(await compiling(({ x }) => ({ y: tf.add(x!, eager) }))).toMatchInlineSnapshot(`
      "engine: the step uses a tensor [3] made outside of it on another TF.js backend
        cure: pass it as an input, or keep it in a variable of the engine"
    `);
    expect(await eagerly(({ x }) => ({ y: tf.add(x!, theirs) }))).toMatchInlineSnapshot(`
      "engine: the variable theirs of a compiled engine is read outside of it
        cure: use it in steps of its engine only, or read its values with await engine.read(variable)"
    `);
    expect(await message(() => onnx.read(theirs))).toMatchInlineSnapshot(
      `"engine: the variable does not belong to this engine"`,
    );
    expect(await message(() => cpu.write(theirs, new Float32Array(3)))).toMatchInlineSnapshot(
      `"engine: the variable does not belong to this engine"`,
    );
    expect([...(await other.read(theirs))]).toEqual([7, 8, 9]);
    await other.dispose();
  });

  it('changes the shape of a variable says so', async () => {
    const w = onnx.variable({ name: 'w', shape: [3] });
    const text = await compiling(({ x }) => {
      w.assign(tf.reshape(x!, [1, 3]));
      return {};
    });
    expect(text).toMatchInlineSnapshot(
      `"engine: the variable w is float32[3], but the step assigns it float32[1, 3], in engine-errors.test.ts"`,
    );
  });

  it('compiles another step says so', async () => {
    const text = await compiling(({ x }) => {
      onnx.graph((inner) => ({ y: inner['x']! }), VECTOR);
      return { y: x! };
    });
    expect(text).toMatchInlineSnapshot(`"engine: a step compiles another step while it is compiled itself"`);
  });
});

describe('using a variable outside of a step', () => {
  it('is refused, whatever is done with it', async () => {
    const w = onnx.variable({ name: 'w', shape: [3], values: Float32Array.of(1, 2, 3) });
    await tf.setBackend('cpu');
    expect(await message(() => w.assign(tf.zeros([3])))).toMatchInlineSnapshot(`
      "engine: a TF.js operation on engine-held tensors was called outside of a step
        cure: put it into a step and compile that, or use engine.read and engine.write"
    `);
    expect(await message(() => tf.neg(w))).toMatchInlineSnapshot(`
      "engine: the variable w of a compiled engine is read outside of it
        cure: use it in steps of its engine only, or read its values with await engine.read(variable)"
    `);
    expect(await message(() => w.dataSync())).toMatchInlineSnapshot(`
      "engine: the variable w of a compiled engine is read outside of it
        cure: use it in steps of its engine only, or read its values with await engine.read(variable)"
    `);
    expect([...(await onnx.read(w))]).toEqual([1, 2, 3]);
    expect([...(await w.data())]).toEqual([1, 2, 3]);
  });
});

describe('the eager engine', () => {
  it('refuses random numbers as the compiled one does', async () => {
    expect(await eagerly(({ x }) => ({ y: tf.add(x!, tf.randomNormal([3])) }))).toMatchInlineSnapshot(`
      "engine: the step draws random numbers, in engine-errors.test.ts
        cure: draw them from the Rng outside and pass them to the step as an input"
    `);
    expect(await eagerly(({ x }) => ({ y: tf.mul(x!, Math.random()) }))).toMatchInlineSnapshot(`
      "engine: the step draws random numbers, in engine-errors.test.ts
        cure: draw them from the Rng outside and pass them to the step as an input"
    `);
    expect(Math.random()).toBeLessThan(1);
  });
});
