import * as tf from '@tensorflow/tfjs-core';
import { startEngine, type Engine } from '@medgan/engine';
import { createRng, ParameterStore } from '@medgan/plugin-api';
import { afterEach, describe, expect, it } from 'vitest';
import { Adam, ADAM_DEFAULTS } from './adam.ts';

const START = Float32Array.of(1, -2, 0.5, 0);
const GRADIENTS = [
  [0.3, -1e-3, 1e-9, 0],
  [-0.2, 2e-3, -1e-8, 0],
  [0.05, -5e-4, 1e-7, 1e-3],
  [1.5, 1e-2, 0, -1e-3],
  [-0.7, 3e-3, 2e-9, 1e-4],
];

/** torch.optim.Adam(lr 2e-4, betas (0.5, 0.999), eps 1e-8), PyTorch 1.13, float64: the parameters after each step. */
const TORCH = [
  [0.999800000007, -1.999800002, 0.499981818182, 0.0],
  [0.99982615134, -1.99992647333, 0.500055857283, 0.0],
  [0.999812551677, -1.99994807268, 0.499895901657, -0.000197846272558],
  [0.999603649004, -2.00015846956, 0.499811606125, -0.000122460317745],
  [0.999595992363, -2.00033249038, 0.499763120974, -9.80457179927e-5],
];
/** exp_avg and exp_avg_sq after the fifth step, float32. */
const MOMENTS = {
  first: [0.02812502, 0.00403125, 1.290625e-8, -7.5e-5],
  second: [0.002869766, 1.141335e-7, 1.008471e-17, 2.007001e-9],
};

let engine: Engine;
afterEach(() => engine.dispose());

async function start(name: 'onnx' | 'cpu') {
  engine = await startEngine(name);
  const store = new ParameterStore(engine, createRng(1));
  const parameter = store.root.parameter('w', { shape: [4], init: () => START });
  store.root.parameter('running', { shape: [2], init: () => Float32Array.of(1, 2), trainable: false });
  const adam = new Adam(engine, store.list(), { ...ADAM_DEFAULTS, learningRate: 2e-4, beta1: 0.5 });
  const program = await engine.compile(
    ({ gradient }) => {
      adam.apply({ [parameter.name]: gradient! });
      return { done: tf.scalar(1) };
    },
    { gradient: { shape: [4] } },
  );
  return { store, adam, parameter, step: (g: number[]) => program.run({ gradient: Float32Array.from(g) }) };
}

/** One unit in the last place of a float32. */
const ulp = (value: number): number => 2 ** (Math.floor(Math.log2(Math.abs(value) || 1e-30)) - 23);

describe.each(['onnx', 'cpu'] as const)('Adam on %s', (name) => {
  it('follows torch.optim.Adam from the first step on, to the last place', async () => {
    const { parameter, step } = await start(name);
    for (const [t, gradient] of GRADIENTS.entries()) {
      await step(gradient);
      const values = await engine.read(parameter);
      for (const [i, expected] of TORCH[t]!.entries()) {
        // Each step rounds the parameter once, and its own 2e-4 to about 1e-6 of itself.
        const allowed = (t + 1) * (ulp(START[i]!) + 2e-4 * 2e-6);
        expect(Math.abs(values[i]! - expected), `step ${t + 1}, parameter ${i}`).toBeLessThanOrEqual(allowed);
      }
    }
  });

  it('keeps PyTorch’s moments divided by 1 − β, and counts its steps', async () => {
    const { adam, step } = await start(name);
    for (const gradient of GRADIENTS) await step(gradient);
    expect(adam.state.map((tensor) => tensor.name)).toEqual([
      'step',
      'w.scaled_exp_avg',
      'w.scaled_exp_avg_sq',
    ]);
    const [count, first, second] = await Promise.all(adam.state.map(({ variable }) => engine.read(variable)));
    expect([...count!]).toEqual([5]);
    MOMENTS.first.forEach((m, i) =>
      expect(Math.abs(first![i]! * 0.5 - m)).toBeLessThanOrEqual(2e-6 * Math.abs(m)),
    );
    MOMENTS.second.forEach((v, i) => expect(Math.abs(second![i]! * 0.001 - v)).toBeLessThanOrEqual(2e-6 * v));
  });

  it('leaves alone what has no gradient of its own, and what is not trainable', async () => {
    const { store, adam, parameter, step } = await start(name);
    await step([0, 0, 0, 0]);
    expect(await engine.read(parameter)).toEqual(START);
    expect(adam.variables).toEqual([parameter]);
    expect(await engine.read(store.list()[1]!.variable)).toEqual(Float32Array.of(1, 2));
  });
});
