import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { startEngine } from '@medgan/engine';
import { createRng, ParameterStore, type ParameterScope } from '@medgan/plugin-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as exported from './index.ts';

let root: ParameterScope;
let stop: () => Promise<void>;
beforeAll(async () => {
  const engine = await startEngine('cpu');
  stop = () => engine.dispose();
  root = new ParameterStore(engine, createRng(0)).root;
});
afterAll(() => stop());

/** As a plugin in JavaScript calls: nothing is checked before it runs. */
type Loose = (...given: unknown[]) => unknown;
const layers = exported as unknown as Readonly<Record<string, Loose>>;
const spec = { inputs: 3, outputs: 2, kernel: 4, stride: 2, pad: 1 };

it.each<[string, () => unknown, string]>([
  ['batchNorm', () => layers['batchNorm']!(root, 8), 'channels is an object, not a whole number from 1 on'],
  ['batchNorm', () => layers['batchNorm']!(8), 'parameters is undefined, not a scope of parameters'],
  ['layerNorm', () => layers['layerNorm']!('8', root), 'channels is "8", not a whole number from 1 on'],
  ['convolution', () => layers['convolution']!({ ...spec, kernel: 2.5 }, root), 'kernel is 2.5, not a whole'],
  ['convolution', () => layers['convolution']!(spec, root, true), 'transform is true, not a function'],
  [
    'transposedConvolution',
    () => layers['transposedConvolution']!({ inputs: 3 }, root),
    'outputs is undefined',
  ],
  ['linear', () => layers['linear']!({ inputs: 3, outputs: 1 }, root), 'init is undefined, not a function'],
  [
    'upBlock',
    () => layers['upBlock']!({ inputs: 0, outputs: 1 }, root),
    'inputs is 0, not a whole number from 1',
  ],
  ['downBlock', () => layers['downBlock']!({ inputs: 1, outputs: 1 }), 'parameters is undefined'],
  ['normal', () => layers['normal']!(0), 'deviation is undefined, not a number'],
])('answers a wrong call of %s with its name, the place and the argument', (name, call, fault) => {
  expect(call).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(
        new RegExp(`^packages/layers/src/layer-call\\.test\\.ts:\\d+: ${name}\\(`),
      ) as string,
      cure: 'docs/plugins.md has the signature of every layer',
    }),
  );
  expect(call).toThrow(fault);
});

it('answers wrong images and a missing mode', () => {
  const norm = layers['batchNorm']!(2, root.scope('norm')) as Loose;
  const convolve = layers['convolution']!(spec, root.scope('conv')) as Loose;
  const images = tf.zeros([1, 4, 4, 2]);
  expect(() => norm(images)).toThrow(
    /layer-call\.test\.ts:\d+: what batchNorm returns .*: mode is undefined/,
  );
  expect(() => convolve(images)).toThrow('x is a tensor [1, 4, 4, 2], not a tensor [N, H, W, 3]');
  expect(() => norm(tf.zeros([4, 2]), 'training')).toThrow('x is a tensor [4, 2], not a tensor [N, H, W, 2]');
  expect(() => norm(images, 'training')).not.toThrow();
});
