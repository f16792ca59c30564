import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Engine, Step } from '../engine.ts';
import { startEngine } from '../resolve.ts';
import { DEPTHWISE, depthwiseCase } from '../testing-cases/depthwise.test-cases.ts';
import { backprop, CONVOLUTIONS } from '../testing-cases/image.test-cases.ts';
import { f32, largestError, randomValues, uniform, type OpCase } from '../testing-cases/op-case.testing.ts';
import { tf } from '../tf.ts';
import { runOn } from './eager-case.testing.ts';

let wasm: Engine;
let cpu: Engine;

beforeAll(async () => {
  wasm = await startEngine('wasm');
  cpu = await startEngine('cpu');
});

afterAll(() => Promise.all([wasm.dispose(), cpu.dispose()]));

describe('gradients of filters on wasm agree with cpu', () => {
  const cases = [...CONVOLUTIONS.map(backprop), ...DEPTHWISE.map(depthwiseCase)];
  it.each(cases.map((c) => [c.name, c] as const))('%s', async (_name, opCase) => {
    const [actual, expected] = [await runOn(wasm, opCase), await runOn(cpu, opCase)];
    for (const [name, values] of Object.entries(expected)) {
      expect(largestError(actual[name]!, values)).toBeLessThan(1e-5);
    }
  });

  it('and leaves its operands alive for the rest of the step', async () => {
    const opCase: OpCase = {
      name: 'operands of a gradient used afterwards',
      covers: [],
      inputs: { x: f32([1, 4, 4, 2]), filter: f32([3, 3, 2, 3]), dy: f32([1, 4, 4, 3]) },
      step: ({ x, filter, dy }) => {
        const gradient = tf.grad((f) => tf.conv2d(x as Tensor4D, f as Tensor4D, 1, 'same'));
        return [gradient(filter!, dy), gradient(filter!, dy), tf.neg(dy!), tf.neg(x!)];
      },
    };
    const [actual, expected] = [await runOn(wasm, opCase), await runOn(cpu, opCase)];
    for (const [name, values] of Object.entries(expected)) {
      expect(largestError(actual[name]!, values)).toBeLessThan(1e-5);
    }
  });
});

describe('the gradient of nearest-neighbour resizing', () => {
  it('is the sum over the pixels made of each pixel, for every image of the batch', async () => {
    const [n, h, w, c] = [3, 2, 3, 2];
    const dy = randomValues(f32([n, 2 * h, 3 * w, c]), uniform(9)) as Float32Array;
    const expected = new Float32Array(n * h * w * c);
    for (const [i, value] of dy.entries()) {
      const [channel, column, row, image] = [
        i % c,
        Math.floor(i / c) % (3 * w),
        Math.floor(i / (c * 3 * w)) % (2 * h),
        Math.floor(i / (c * 3 * w * 2 * h)),
      ];
      expected[((image * h + Math.floor(row / 2)) * w + Math.floor(column / 3)) * c + channel]! += value;
    }
    const step: Step = ({ x, up }) => {
      const enlarge = (v: Tensor): Tensor => tf.image.resizeNearestNeighbor(v as Tensor4D, [2 * h, 3 * w]);
      return { dx: tf.grad(enlarge)(x!, up) };
    };
    for (const engine of [wasm, cpu, await startEngine('onnx')]) {
      const program = await engine.compile(step, {
        x: { shape: [n, h, w, c] },
        up: { shape: [n, 2 * h, 3 * w, c] },
      });
      const { dx } = await program.run({ x: new Float32Array(n * h * w * c), up: dy });
      expect(largestError(dx!, expected), engine.name).toBeLessThan(1e-5);
    }
  });
});
