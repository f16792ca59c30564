import { describe, expect, it } from 'vitest';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Engine } from './engine.ts';
import { OnnxEngine } from './onnx/onnx-engine.ts';
import { startEngine } from './resolve.ts';
import { storedShape, toStored } from './stored-layout.ts';
import { randomValues, f32, uniform } from './testing-cases/op-case.testing.ts';
import { tf } from './tf.ts';

const ENGINES: readonly (readonly [string, () => Promise<Engine>])[] = [
  ['onnx', () => Promise.resolve(new OnnxEngine({ verifyPasses: true }))],
  ['wasm', () => startEngine('wasm')],
  ['cpu', () => startEngine('cpu')],
];

const vector = { x: { shape: [2] } };

describe.each(ENGINES)('state on %s', (_name, start) => {
  async function using(body: (engine: Engine) => Promise<void>): Promise<void> {
    const engine = await start();
    try {
      await body(engine);
    } finally {
      await engine.dispose();
    }
  }

  const held = (engine: Engine, name: string, ...values: number[]) =>
    engine.variable({ name, shape: [values.length], values: Float32Array.from(values) });

  it('starts as zeros, or as a copy of what is given', () =>
    using(async (engine) => {
      const values = Float32Array.of(1, 2);
      const given = engine.variable({ name: 'given', shape: [2], values });
      const zeros = engine.variable({ name: 'zeros', shape: [2] });
      values.fill(9);
      expect([...(await engine.read(given))]).toEqual([1, 2]);
      expect([...(await engine.read(zeros))]).toEqual([0, 0]);
      (await engine.read(given)).fill(9);
      expect([...(await engine.read(given))]).toEqual([1, 2]);
    }));

  it('assigned twice in a step keeps the last value, and is read in between', () =>
    using(async (engine) => {
      const w = held(engine, 'w', 1, 2);
      const program = await engine.compile(({ x }) => {
        w.assign(tf.add(w, x!));
        const between = tf.mul(w, 1);
        w.assign(tf.mul(w, 10));
        return { between };
      }, vector);
      const outputs = await program.run({ x: Float32Array.of(1, 1) });
      expect([...outputs['between']!]).toEqual([2, 3]);
      expect([...(await engine.read(w))]).toEqual([20, 30]);
    }));

  it('is read without being written, and written without being read', () =>
    using(async (engine) => {
      const source = held(engine, 'source', 3, 4);
      const target = held(engine, 'target', 0, 0);
      const program = await engine.compile(({ x }) => {
        target.assign(tf.mul(source, x!));
        return {};
      }, vector);
      await program.run({ x: Float32Array.of(2, 2) });
      await program.run({ x: Float32Array.of(5, 5) });
      expect([...(await engine.read(source))]).toEqual([3, 4]);
      expect([...(await engine.read(target))]).toEqual([15, 20]);
    }));

  it('is swapped between variables', () =>
    using(async (engine) => {
      const [a, b] = [held(engine, 'a', 1, 2), held(engine, 'b', 3, 4)];
      const program = await engine.compile(() => {
        const old = tf.clone(a);
        a.assign(b);
        b.assign(old);
        return {};
      }, {});
      await program.run({});
      expect([...(await engine.read(a)), ...(await engine.read(b))]).toEqual([3, 4, 1, 2]);
      await program.run({});
      expect([...(await engine.read(a)), ...(await engine.read(b))]).toEqual([1, 2, 3, 4]);
    }));

  it('may be an output, an input, a constant, and all of them twice', () =>
    using(async (engine) => {
      const [sum, copy, one, twin] = ['sum', 'copy', 'one', 'twin'].map((name) => held(engine, name, 0, 0));
      const program = await engine.compile(({ x }) => {
        const next = tf.add(sum!, x!);
        sum!.assign(next as never);
        twin!.assign(next as never);
        copy!.assign(x as never);
        one!.assign(tf.ones([2]));
        return { next, again: next, sum: sum!, x: x!, constant: tf.fill([2], 7) };
      }, vector);
      const x = Float32Array.of(1, 2);
      await program.run({ x });
      x.fill(5);
      expect([...(await engine.read(copy!))]).toEqual([1, 2]);
      const outputs = await program.run({ x });
      const values = Object.fromEntries(Object.entries(outputs).map(([name, data]) => [name, [...data]]));
      expect(values).toEqual({ next: [6, 7], again: [6, 7], sum: [6, 7], x: [5, 5], constant: [7, 7] });
      for (const data of Object.values(outputs)) data.fill(-1);
      expect(
        await Promise.all([sum, twin, copy, one].map(async (v) => [...(await engine.read(v!))])),
      ).toEqual([
        [6, 7],
        [6, 7],
        [5, 5],
        [1, 1],
      ]);
    }));

  it('is shared by programs of different batch sizes', () =>
    using(async (engine) => {
      const total = engine.variable({ name: 'total', shape: [] });
      const programs = await Promise.all(
        [3, 5].map((n) =>
          engine.compile(
            ({ x }) => {
              total.assign(tf.add(total, tf.sum(x!)) as Scalar);
              return { mean: tf.mean(x!) };
            },
            { x: { shape: [n, 2] } },
          ),
        ),
      );
      await programs[0]!.run({ x: new Float32Array(6).fill(1) });
      await programs[1]!.run({ x: new Float32Array(10).fill(1) });
      await programs[0]!.run({ x: new Float32Array(6).fill(2) });
      expect([...(await engine.read(total))]).toEqual([28]);
    }));

  it('stays in order when runs are not awaited', () =>
    using(async (engine) => {
      const w = held(engine, 'w', 1);
      const [double, increment] = await Promise.all([
        engine.compile(() => (w.assign(tf.mul(w, 2)), {}), {}),
        engine.compile(() => (w.assign(tf.add(w, 1)), {}), {}),
      ]);
      await Promise.all([
        double.run({}),
        increment.run({}),
        double.run({}),
        double.run({}),
        increment.run({}),
      ]);
      expect([...(await engine.read(w))]).toEqual([13]);
    }));

  it('counts in int32', () =>
    using(async (engine) => {
      const count = engine.variable({
        name: 'count',
        shape: [],
        dtype: 'int32',
        values: Int32Array.of(2 ** 30),
      });
      const program = await engine.compile(() => {
        count.assign(tf.add(count, tf.scalar(1, 'int32')) as Scalar);
        return { even: tf.equal(tf.mod(count, tf.scalar(2, 'int32')), tf.scalar(0, 'int32')) };
      }, {});
      const seen: number[] = [];
      for (let i = 0; i < 3; i++) seen.push((await program.run({}))['even']![0]!);
      expect(seen).toEqual([0, 1, 0]);
      const values = await engine.read(count);
      expect(values).toBeInstanceOf(Int32Array);
      expect([...values]).toEqual([2 ** 30 + 3]);
      engine.write(count, Int32Array.of(-5));
      await program.run({});
      expect([...(await engine.read(count))]).toEqual([-4]);
    }));

  it('is read and written in stored layout, and seen by steps in TF.js layout', () =>
    using(async (engine) => {
      for (const shape of [[], [4], [2, 3], [2, 3, 4], [3, 2, 4, 5]]) {
        const values = randomValues(f32(shape), uniform(3)) as Float32Array;
        const v = engine.variable({ name: 'v', shape, values: new Float32Array(values.length) });
        engine.write(v, values);
        expect(await engine.read(v)).toEqual(values);
        const program = await engine.compile(() => ({ v: tf.clone(v) }), {});
        const seen = (await program.run({}))['v'] as Float32Array;
        expect(toStored(seen, shape)).toEqual(values);
        expect(seen.length).toBe(storedShape(shape).reduce((a, b) => a * b, 1));
      }
    }));

  it('of filters works in convolutions and in plain operations alike', () =>
    using(async (engine) => {
      const shape = [2, 2, 1, 1];
      const filter = engine.variable({ name: 'filter', shape, values: Float32Array.of(1, 2, 3, 4) });
      const program = await engine.compile(
        ({ x }) => {
          const y = tf.conv2d(x as Tensor4D, filter as Tensor as Tensor4D, 1, 'valid');
          filter.assign(tf.mul(filter, tf.reshape(tf.tensor1d([1, 10, 100, 1000]), shape)));
          return { y };
        },
        { x: { shape: [1, 2, 2, 1] } },
      );
      const x = Float32Array.of(1, 1, 1, 1);
      expect([...(await program.run({ x }))['y']!]).toEqual([10]);
      expect([...(await program.run({ x }))['y']!]).toEqual([4321]);
      expect([...(await engine.read(filter))]).toEqual([1, 200, 30000, 4000000]);
    }));

  it('survives a step that fails', () =>
    using(async (engine) => {
      const w = held(engine, 'w', 1, 2);
      const failing = async (): Promise<unknown> => {
        const program = await engine.compile(() => {
          w.assign(tf.mul(w, 2));
          throw new Error('the author erred');
        }, {});
        return program.run({});
      };
      await expect(failing()).rejects.toThrow('the author erred');
      const program = await engine.compile(() => ({ w: tf.mul(w, 1) }), {});
      // Eagerly the assignment has happened before the error; compiled, nothing has.
      expect([...(await program.run({}))['w']!]).toEqual(engine.name === 'onnx' ? [1, 2] : [2, 4]);
    }));
});
