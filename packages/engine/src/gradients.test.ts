import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Engine, InputSpec, Step, Values } from './engine.ts';
import { OnnxEngine } from './onnx/onnx-engine.ts';
import { startEngine } from './resolve.ts';
import { asImage, f32, largestError, randomValues, uniform } from './testing-cases/op-case.testing.ts';
import { tf } from './tf.ts';

let onnx: Engine;
let cpu: Engine;

beforeAll(async () => {
  onnx = new OnnxEngine({ verifyPasses: true });
  cpu = await startEngine('cpu');
});

afterAll(() => Promise.all([onnx.dispose(), cpu.dispose()]));

async function run(engine: Engine, step: Step, given: Record<string, [readonly number[], Values]>) {
  const specs: Record<string, InputSpec> = Object.fromEntries(
    Object.entries(given).map(([name, [shape]]) => [name, { shape }]),
  );
  const program = await engine.compile(step, specs);
  const outputs = await program.run(
    Object.fromEntries(Object.entries(given).map(([name, [, values]]) => [name, values])),
  );
  await program.dispose();
  return outputs;
}

const random = (seed: number, shape: readonly number[], range: readonly [number, number] = [-1, 1]) =>
  randomValues(f32(shape, range), uniform(seed));

type Unary = (x: Tensor) => Tensor;

const t4 = (x: Tensor): Tensor4D => x as Tensor4D;

/** Layers whose gradient is a gradient's subject again in a gradient penalty. All of them act on NHWC images. */
const LAYERS: Readonly<Record<string, Unary>> = {
  abs: tf.abs,
  avgPool: (x) => tf.square(tf.avgPool(t4(x), 2, 2, 'valid')),
  clip: (x) => tf.square(tf.clipByValue(x, -0.5, 0.5)),
  concat: (x) => tf.square(tf.concat([x, tf.square(x)], 3)),
  elu: tf.elu,
  exp: tf.exp,
  leakyRelu: (x) => tf.square(tf.leakyRelu(x, 0.2)),
  'max over an axis': (x) => tf.square(tf.max(tf.add(x, tf.tensor1d([0, 3, 0])), 3)),
  maximum: (x) => tf.square(tf.maximum(x, 0.1)),
  'mean with keepDims': (x) => tf.square(tf.sub(x, tf.mean(x, [0, 1, 2], true))),
  'division by a sum': (x) => tf.div(x, tf.add(tf.sum(tf.square(x), 3, true), 1)),
  pad: (x) => tf.square(tf.pad(x, [[0, 0], [1, 0], [0, 2], [0, 0]])),
  pow: (x) => tf.pow(tf.add(tf.square(x), 1), 1.5),
  prelu: (x) => tf.square(tf.prelu(x, tf.tensor1d([0.1, 0.2, 0.3]))),
  relu: (x) => tf.square(tf.relu(x)),
  reshape: (x) => tf.square(tf.matMul(tf.reshape(x, [2, -1]), tf.reshape(x, [2, -1]), false, true)),
  'resize bilinear': (x) => tf.square(tf.image.resizeBilinear(t4(x), [7, 9], false, true)),
  'resize nearest': (x) => tf.square(tf.image.resizeNearestNeighbor(t4(x), [8, 12])),
  rsqrt: (x) => tf.rsqrt(tf.add(tf.square(x), 1)),
  sigmoid: tf.sigmoid,
  slice: (x) => tf.square(tf.slice(x, [0, 1, 0, 1], [2, 2, 4, 2])),
  softmax: (x) => tf.square(tf.softmax(x)),
  softplus: tf.softplus,
  tanh: tf.tanh,
  transpose: (x) => tf.square(tf.add(tf.transpose(x, [0, 2, 1, 3]), 1)),
  where: (x) => tf.square(tf.where(tf.greater(x, 0.1), tf.mul(x, 3), tf.square(x))),
}; // prettier-ignore

const IMAGE = [2, 4, 4, 3];

/** Slopes of a scalar function of one tensor, by central differences. */
async function slopes(f: (values: Values) => Promise<number>, at: Values, step: number): Promise<number[]> {
  const result: number[] = [];
  for (let i = 0; i < at.length; i++) {
    const moved = (by: number): Promise<number> => f(at.map((x, j) => (i === j ? x + by : x)) as Values);
    result.push(((await moved(step)) - (await moved(-step))) / (2 * step));
  }
  return result;
}

describe('the first and second gradients of', () => {
  it.each(Object.entries(LAYERS))('%s agree between engines and with slopes', async (_name, layer) => {
    // At least 0.03 from the kinks of relu, abs, clip and where, which differences would straddle.
    const x = Float32Array.from(random(7, IMAGE), (v) => {
      const decile = Math.floor(v * 10);
      return decile / 10 + 0.03 + 0.04 * (v * 10 - decile);
    });
    const direction = random(8, IMAGE);
    const total = (v: Tensor): Tensor => tf.sum(layer(asImage(v)));
    const alongDirection = (v: Tensor, d: Tensor): Tensor => tf.sum(tf.mul(tf.grad(total)(v), d));
    const step: Step = ({ v, d }) => ({
      first: tf.grad(total)(v!),
      second: tf.grad((u) => alongDirection(u, d!))(v!),
      value: total(v!),
      along: alongDirection(v!, d!),
    });
    const given = (values: Values): Record<string, [readonly number[], Values]> => ({
      v: [IMAGE, values],
      d: [IMAGE, direction],
    });
    const compiled = await run(onnx, step, given(x));
    const eager = await run(cpu, step, given(x));
    for (const name of ['first', 'second', 'value', 'along']) {
      expect(largestError(compiled[name]!, eager[name]!), name).toBeLessThan(2e-5);
    }
    // The second gradient along the direction itself, by differences of the first along it.
    const moved = async (by: number): Promise<number> =>
      (await run(cpu, step, given(Float32Array.from(x, (v, i) => v + by * direction[i]!))))['along']![0]!;
    const slope = ((await moved(4e-3)) - (await moved(-4e-3))) / 8e-3;
    const second = eager['second'] as Float32Array;
    const expected = second.reduce((sum, v, i) => sum + v * direction[i]!, 0);
    expect(Math.abs(slope - expected) / Math.max(1, Math.abs(slope))).toBeLessThan(1e-2);
  });
});

/** A small GAN's discriminator: strided convolutions, leaky ReLU, a whole-window convolution. */
function discriminate(x: Tensor, [a, b, c]: readonly Tensor[]): Tensor {
  const first = tf.leakyRelu(tf.conv2d(t4(x), t4(a!), 2, 1), 0.2);
  const second = tf.tanh(tf.add(tf.conv2d(first as Tensor4D, t4(b!), 2, 'same'), 0.1));
  return tf.reshape(tf.conv2d(second as Tensor4D, t4(c!), 1, 'valid'), [-1]);
}

const WEIGHTS = [
  [4, 4, 2, 3],
  [3, 3, 3, 4],
  [2, 2, 4, 1],
];

/** ‖∇D(x)‖ − 1 squared, and its gradients by the weights. */
const penaltyStep: Step = ({ x, a, b, c }) => {
  const penalty = (...weights: Tensor[]): Tensor => {
    const gradient = tf.grad((v: Tensor) => tf.sum(discriminate(v, weights)))(x!);
    const norm = tf.sqrt(tf.add(tf.sum(tf.square(gradient), [1, 2, 3]), 1e-12));
    return tf.mean(tf.square(tf.sub(norm, 1)));
  };
  const [da, db, dc] = tf.grads(penalty)([a!, b!, c!]);
  return { penalty: penalty(a!, b!, c!), a: da!, b: db!, c: dc! };
};

it('differentiates a gradient penalty by the weights of a convolutional network', async () => {
  const names = ['a', 'b', 'c'] as const;
  const weights = WEIGHTS.map((shape, i) => random(20 + i, shape, [-0.7, 0.7]));
  const given = (index = -1, values?: Values) => ({
    x: [[2, 8, 8, 2], random(19, [2, 8, 8, 2])] as [readonly number[], Values],
    ...Object.fromEntries(
      names.map((name, i) => [
        name,
        [WEIGHTS[i]!, i === index ? values! : weights[i]!] as [readonly number[], Values],
      ]),
    ),
  });
  const compiled = await run(onnx, penaltyStep, given());
  const eager = await run(cpu, penaltyStep, given());
  for (const name of ['penalty', ...names]) {
    expect(largestError(compiled[name]!, eager[name]!), name).toBeLessThan(2e-5);
  }
  const program = await onnx.compile(
    penaltyStep,
    Object.fromEntries(Object.entries(given()).map(([name, [shape]]) => [name, { shape }])),
  );
  const at = Object.fromEntries(Object.entries(given()).map(([name, [, values]]) => [name, values]));
  const byLast = await slopes(
    async (values) => (await program.run({ ...at, c: values }))['penalty']![0]!,
    weights[2]!,
    5e-3,
  );
  expect(largestError(compiled['c']!, Float32Array.from(byLast))).toBeLessThan(1e-2);
});

it('differentiates a generator: transposed convolutions, batch statistics, broadcast products', async () => {
  const step: Step = ({ z, a, b, scale, shift }) => {
    const generate = (...[first, second, gain, bias]: Tensor[]): Tensor => {
      const up = tf.conv2dTranspose(t4(z!), t4(first!), [3, 3, 3, 5], 1, 'valid');
      const mean = tf.mean(up, [0, 1, 2], true);
      const variance = tf.mean(tf.square(tf.sub(up, mean)), [0, 1, 2], true);
      const normal = tf.div(tf.sub(up, mean), tf.sqrt(tf.add(variance, 1e-5)));
      const maps = tf.relu(tf.add(tf.mul(normal, gain!), bias!));
      const image = tf.tanh(tf.conv2dTranspose(maps as Tensor4D, t4(second!), [3, 6, 6, 1], 2, 'same'));
      return tf.mean(tf.softplus(tf.sub(image, tf.sigmoid(image))));
    };
    const { value, grads } = tf.valueAndGrads(generate)([a!, b!, scale!, shift!]);
    return { value, a: grads[0]!, b: grads[1]!, scale: grads[2]!, shift: grads[3]! };
  };
  const shapes = { z: [3, 1, 1, 4], a: [3, 3, 5, 4], b: [4, 4, 1, 5], scale: [5], shift: [5] };
  const given = Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => [
      name,
      [shape, random(40 + i, shape)] as [number[], Values],
    ]),
  );
  const compiled = await run(onnx, step, given);
  const eager = await run(cpu, step, given);
  for (const name of Object.keys(eager)) {
    expect(largestError(compiled[name]!, eager[name]!), name).toBeLessThan(1e-5);
  }
});
