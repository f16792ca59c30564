import { startEngine, type Engine } from '@medgan/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Initializer, ParameterScope } from './architecture.ts';
import { ParameterStore } from './parameter-store.ts';
import { createRng } from './rng.ts';
import { shapeScope, type ParameterShape } from './shape-scope.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await startEngine('onnx');
});
afterEach(() => engine.dispose());

const normals: Initializer = (shape, rng) => rng.normals(shape.reduce((product, n) => product * n, 1));

function layer(parameters: ParameterScope): void {
  const scope = parameters.scope('main').scope('0');
  scope.parameter('weight', { shape: [2, 2, 1, 3], init: normals });
  scope.parameter('running_mean', { shape: [3], init: normals, trainable: false });
  scope.counter('num_batches_tracked');
}

describe('ParameterStore', () => {
  it('names parameters by their scopes, in the order they were made', () => {
    const store = new ParameterStore(engine, createRng(1));
    layer(store.root);
    expect(store.list().map(({ name, trainable, counter }) => [name, trainable, counter])).toEqual([
      ['main.0.weight', true, false],
      ['main.0.running_mean', false, false],
      ['main.0.num_batches_tracked', false, true],
    ]);
    expect(store.trainable()).toEqual([store.list()[0]!.variable]);
    expect(store.trainableCount).toBe(12);
  });

  it('starts a parameter from its name alone, in stored layout: other parameters do not matter', async () => {
    const seen: (readonly number[])[] = [];
    const noted: Initializer = (shape, rng) => {
      seen.push(shape);
      return normals(shape, rng);
    };
    const alone = new ParameterStore(engine, createRng(1));
    const weight = alone.root.scope('b').parameter('weight', { shape: [2, 2, 1, 3], init: noted });
    expect(seen).toEqual([[3, 1, 2, 2]]);
    const later = new ParameterStore(engine, createRng(1));
    later.root.scope('a').parameter('weight', { shape: [5], init: normals });
    const again = later.root.scope('b').parameter('weight', { shape: [2, 2, 1, 3], init: normals });
    expect(await engine.read(again)).toEqual(await engine.read(weight));
    expect(await engine.read(weight)).toEqual(createRng(1).split('b.weight').normals(12));
  });

  it('counts in int32, from 0', async () => {
    const store = new ParameterStore(engine, createRng(1));
    expect(await engine.read(store.root.counter('n'))).toEqual(Int32Array.of(0));
  });

  it('refuses a name that is taken', () => {
    const store = new ParameterStore(engine, createRng(1));
    layer(store.root);
    expect(() => layer(store.root)).toThrowErrorMatchingInlineSnapshot(`
      [MedganError: an architecture makes the parameter main.0.weight twice
        cure: give each layer a scope of its own: parameters.scope("main.3")]
    `);
    expect(() => store.root.counter('main.0.weight')).toThrow('makes the parameter main.0.weight twice');
  });
});

describe('shapeScope', () => {
  it('notes what a store would make', () => {
    const notes: ParameterShape[] = [];
    layer(shapeScope(notes));
    const store = new ParameterStore(engine, createRng(1));
    layer(store.root);
    expect(notes).toEqual(
      store.list().map(({ name, variable, trainable }) => ({ name, shape: variable.shape, trainable })),
    );
  });
});
