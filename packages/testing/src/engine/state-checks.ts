import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '@medgan/engine';
import type { Check } from '../check.ts';
import { useEngine, type EngineSubject } from './use-engine.ts';

const counting = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => i + 1);

const rule = (name: string, run: (engine: Engine) => Promise<void>): Check<EngineSubject> => ({
  name,
  run: (subject) => useEngine(subject, run),
});

/** Rules about variables. */
export const stateChecks: readonly Check<EngineSubject>[] = [
  rule('has a name and a device', (engine) => {
    assert.match(engine.name, /^[a-z][a-z-]*$/);
    assert.match(engine.device, /\S/);
    return Promise.resolve();
  }),
  rule('keeps variables of every rank and type as they are given, zeros where nothing is', async (engine) => {
    for (const shape of [[], [3], [2, 3], [2, 1, 3], [2, 3, 4, 5]]) {
      const size = shape.reduce((product, n) => product * n, 1);
      const given = engine.variable({ name: 'given', shape, values: counting(size) });
      assert.deepEqual(await engine.read(given), counting(size), `[${shape.join(', ')}]`);
      const zeros = engine.variable({ name: 'zeros', shape });
      assert.deepEqual(await engine.read(zeros), new Float32Array(size), `[${shape.join(', ')}]`);
    }
    const whole = engine.variable({ name: 'n', shape: [2], dtype: 'int32', values: Int32Array.of(7, -1) });
    assert.deepEqual(await engine.read(whole), Int32Array.of(7, -1));
    const none = engine.variable({ name: 'n', shape: [], dtype: 'int32' });
    assert.deepEqual(await engine.read(none), Int32Array.of(0));
  }),
  rule('copies the values that it takes and returns', async (engine) => {
    const values = counting(3);
    const w = engine.variable({ name: 'w', shape: [3], values });
    values.fill(9);
    (await engine.read(w)).fill(9);
    assert.deepEqual(await engine.read(w), counting(3));
    const written = Float32Array.of(4, 5, 6);
    engine.write(w, written);
    written.fill(9);
    assert.deepEqual(await engine.read(w), Float32Array.of(4, 5, 6));
  }),
  rule('stores filters as PyTorch does, and steps see them as TF.js does', async (engine) => {
    // Stored [out 2, in 1, 1, 3]; in TF.js [1, 3, in 1, out 2].
    const filter = engine.variable({ name: 'filter', shape: [1, 3, 1, 2], values: counting(6) });
    const program = await engine.compile(({ x }) => ({ y: tf.mul(filter, x!) }), { x: { shape: [1] } });
    const { y } = await program.run({ x: Float32Array.of(1) });
    assert.deepEqual(Array.from(y!), [1, 4, 2, 5, 3, 6]);
    engine.write(
      filter,
      counting(6).map((v) => 10 * v),
    );
    const after = await program.run({ x: Float32Array.of(1) });
    assert.deepEqual(Array.from(after['y']!), [10, 40, 20, 50, 30, 60]);
  }),
  rule('keeps what a step assigned between calls, and shares it between programs', async (engine) => {
    const sum = engine.variable({ name: 'sum', shape: [2], values: Float32Array.of(1, 2) });
    const filter = engine.variable({ name: 'filter', shape: [1, 1, 1, 2], values: Float32Array.of(1, 1) });
    const count = engine.variable({ name: 'count', shape: [], dtype: 'int32', trainable: false });
    const add = await engine.compile(
      ({ x }) => {
        sum.assign(tf.add(sum, x!));
        filter.assign(tf.mul(filter, 2));
        count.assign(tf.add(count, tf.scalar(1, 'int32')));
        return { twice: tf.mul(sum, 2) };
      },
      { x: { shape: [2] } },
    );
    const look = await engine.compile(({ x }) => ({ y: tf.add(sum, x!) }), { x: { shape: [2] } });
    assert.deepEqual(Array.from((await add.run({ x: Float32Array.of(1, 1) }))['twice']!), [4, 6]);
    await add.run({ x: Float32Array.of(1, 1) });
    assert.deepEqual(Array.from((await look.run({ x: new Float32Array(2) }))['y']!), [3, 4]);
    assert.deepEqual(await engine.read(filter), Float32Array.of(4, 4));
    assert.deepEqual(await engine.read(count), Int32Array.of(2));
    engine.write(sum, Float32Array.of(10, 20));
    assert.deepEqual(Array.from((await add.run({ x: Float32Array.of(1, 1) }))['twice']!), [22, 42]);
  }),
  rule('refuses values that do not fit a variable, and leaves it as it was', async (engine) => {
    const w = engine.variable({ name: 'w', shape: [3], values: counting(3) });
    assert.throws(() => engine.write(w, new Float32Array(2)), /\b2\b/);
    assert.deepEqual(await engine.read(w), counting(3));
  }),
  {
    name: 'refuses a variable of another engine',
    run: (subject) =>
      useEngine(subject, (one) =>
        useEngine(subject, async (other) => {
          const w = other.variable({ name: 'w', shape: [1] });
          await assert.rejects(async () => one.read(w), /does not belong to this engine/);
          assert.throws(() => one.write(w, new Float32Array(1)), /does not belong to this engine/);
        }),
      ),
  },
];
