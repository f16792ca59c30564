import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { tinyGan } from '../testing-cases/tiny-gan.testing.ts';
import { uniform } from '../testing-cases/op-case.testing.ts';
import { tf } from '../tf.ts';
import { compileGraph } from './compile.ts';
import { addon, startNative } from './native.testing.ts';
import {
  ALGORITHMS,
  CHAIN_MODES,
  CHAIN_OPERATIONS,
  DIRECTIONS,
  FOLDS,
  OPERATIONS,
} from './program-format.ts';

/** The names of a C enum without their prefix, in lower case. */
function enumOf(file: string, name: string, prefix: string): string[] {
  const source = readFileSync(new URL(`../../../native/src/${file}`, import.meta.url), 'utf8');
  const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(source)![1]!.replace(/\/\/.*/g, '');
  return [...body.matchAll(new RegExp(`\\b${prefix}(\\w+)`, 'g'))].map(([, entry]) => entry!.toLowerCase());
}

describe('the program format', () => {
  it.each([
    ['program.h', 'operation', 'OPERATION_', OPERATIONS],
    ['program.h', 'word_type', 'WORD_', ['float', 'int', 'bool']],
    ['chain.h', 'chain_mode', 'CHAIN_', CHAIN_MODES],
    ['chain.h', 'chain_operation', 'CHAIN_', CHAIN_OPERATIONS],
    ['chain.h', 'fold', 'FOLD_', FOLDS],
    ['kernels.h', 'conv_direction', 'CONV_', DIRECTIONS.map((name) => name.replace(' ', '_'))],
    ['kernels.h', 'conv_algorithm', 'CONV_', ALGORITHMS.map((name) => name.replace('-', '_'))],
  ] as const)('has the numbers of %s, enum %s', (...[file, name, prefix, names]) => {
    expect(enumOf(file, name, prefix).slice(0, names.length)).toEqual([...names]);
  });
});

describe.skipIf(!addon)('the native engine', () => {
  it('gives the same bits for 1, 2 and 4 threads', async () => {
    const states: number[][] = [];
    for (const threads of [1, 2, 4]) {
      const engine = startNative({ threads, precision: 'default' });
      const gan = tinyGan(engine);
      const program = await engine.compile(gan.step, gan.inputs);
      for (let n = 0; n < 3; n++) await program.run(gan.feed(n));
      const values = await Promise.all(gan.variables.map((variable) => engine.read(variable)));
      states.push(values.flatMap((array) => [...new Int32Array(array.buffer)]));
      await engine.dispose();
    }
    expect(states[1]).toEqual(states[0]);
    expect(states[2]).toEqual(states[0]);
  });

  it('leaves the state as it was when a step fails', async () => {
    const engine = startNative();
    const w = engine.variable({ name: 'w', shape: [3], values: Float32Array.of(1, 2, 3) });
    const program = await engine.compile(
      ({ at }) => {
        w.assign(tf.mul(w, 2));
        return { y: tf.gather(w, at!) };
      },
      { at: { shape: [1], dtype: 'int32' } },
    );
    await expect(program.run({ at: Int32Array.of(3) })).rejects.toThrow(
      'the step failed: a gather asks for index 3 of an axis of length 3',
    );
    expect(await engine.read(w)).toEqual(Float32Array.of(1, 2, 3));
    expect((await program.run({ at: Int32Array.of(2) }))['y']).toEqual(Float32Array.of(6));
    expect(await engine.read(w)).toEqual(Float32Array.of(2, 4, 6));
    await engine.dispose();
  });

  it('runs a step by ONNX Runtime where it has no kernel, and says once why', async () => {
    const reasons: string[] = [];
    const engine = startNative({ onFallback: (reason) => reasons.push(reason) });
    const filter = engine.variable({
      name: 'filter',
      shape: [1, 3, 1, 2],
      values: Float32Array.of(1, 2, 3, 4, 5, 6),
    });
    const step = ({ x }: Readonly<Record<string, Tensor>>) => {
      filter.assign(tf.add(filter, tf.sum(x!)));
      const many = tf.tile(tf.reshape(x!, [2, 2, 2, 2, 2]), [2, 2, 2, 2, 2]);
      const wide = tf.conv2d(tf.ones([1, 1, 3, 1]) as Tensor4D, filter as unknown as Tensor4D, 1, 'valid');
      return { many, wide };
    };
    for (let i = 0; i < 2; i++) {
      const program = await engine.compile(step, { x: { shape: [32] } });
      const before = await engine.read(filter);
      await program.run({ x: new Float32Array(32).fill(0.125) });
      expect(await engine.read(filter)).toEqual(before.map((v) => v + 4));
    }
    expect(reasons).toEqual(['a view of 10 axes']);
    await engine.dispose();
  });

  it('refuses or runs any program whose numbers were changed, and never leaves its memory', async () => {
    const engine = startNative();
    const gan = tinyGan(engine);
    const graph = engine.graph(gan.step, gan.inputs);
    const { code, constants, slots } = compileGraph(graph, 'exact');
    const states = slots.map((slot) => {
      const edge = graph.state.find((candidate) => candidate.slot === slot)!;
      const { shape } = graph.values.get((edge.read ?? edge.write)!)!;
      return new Float32Array(shape.reduce((product, n) => product * n, 1));
    });
    const pool = addon!.createPool(2);
    const next = uniform(5);
    let refused = 0;
    for (let round = 0; round < 2000; round++) {
      const changed = code.slice();
      for (let n = 0; n < 1 + (round % 3); n++) {
        const at = Math.floor(next() * changed.length);
        const choices = [
          0,
          -1,
          1,
          2 ** 31 - 1,
          -(2 ** 31),
          changed[at]! + 1,
          changed[at]! - 1,
          Math.floor(next() * 1000),
        ];
        changed[at] = choices[Math.floor(next() * choices.length)]!;
      }
      try {
        const handle = addon!.load(
          pool,
          changed.subarray(0, round % 7 === 0 ? Math.floor(next() * code.length) : code.length),
          constants,
          states,
        );
        addon!.dispose(handle);
      } catch (error) {
        expect((error as Error).message).toMatch(/^(header|inputs|outputs|program|instruction)/);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
    await engine.dispose();
  });
});
