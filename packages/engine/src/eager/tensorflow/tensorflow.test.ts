import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Engine, Step } from '../../engine.ts';
import { EngineError } from '../../engine-error.ts';
import { startEngine } from '../../resolve.ts';
import { CASES } from '../../testing-cases/all.test-cases.ts';
import { f32, type OpCase } from '../../testing-cases/op-case.testing.ts';
import { tinyGan } from '../../testing-cases/tiny-gan.testing.ts';
import { usage } from '../../testing-cases/usage.testing.ts';
import { tf } from '../../tf.ts';
import { differences, runOn } from '../eager-case.testing.ts';
import { isPresent } from './tensorflow.testing.ts';

async function errorOf(body: () => Promise<unknown>): Promise<EngineError> {
  const error: unknown = await body().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError;
}

/** What no case of the compiled engines has, because their tracer makes other kernels of it. */
const OWN_CASES: readonly OpCase[] = [1, [[0, 0], [1, 0], [2, 1], [0, 0]]].map((pad) => ({
  name: `FusedConv2D with padding ${JSON.stringify(pad)}`,
  covers: ['FusedConv2D'],
  inputs: { x: f32([2, 5, 6, 3]), filter: f32([3, 3, 3, 4]), bias: f32([4]) },
  step: ({ x, filter, bias }) =>
    tf.fused.conv2d({
      x: x as Tensor4D,
      filter: filter as Tensor4D,
      strides: 2,
      pad: pad as number,
      bias: bias!,
      activation: 'relu',
    }),
})); // prettier-ignore

describe.skipIf(!isPresent('tfjs-node'))('the engine tfjs-node', () => {
  let tfjsNode: Engine;
  let cpu: Engine;
  beforeAll(async () => {
    tfjsNode = await startEngine('tfjs-node');
    cpu = await startEngine('cpu');
  });
  afterAll(() => Promise.all([tfjsNode.dispose(), cpu.dispose()]));

  it.each([...CASES, ...OWN_CASES].map((each) => [each.name, each] as const))(
    'agrees with cpu: %s',
    async (_name, opCase) => {
      const [actual, expected] = [await runOn(tfjsNode, opCase), await runOn(cpu, opCase)];
      expect(differences(opCase, { actual, expected })).toEqual([]);
    },
  );

  it('says which TensorFlow it runs on, and on how many threads', () => {
    expect(tfjsNode.device).toMatch(/^(CUDA|CPU, 2 threads), TensorFlow \d+\.\d+\.\d+/);
  });

  it('names the kernel that TensorFlow refuses, and who called it', async () => {
    const padded: Step = ({ x }) => ({ y: tf.maxPool(x as Tensor4D, 3, 2, 1) });
    const program = await tfjsNode.compile(padded, { x: { shape: [1, 6, 6, 1] } });
    const error = await errorOf(() => program.run({ x: new Float32Array(36) }));
    expect(error.what).toMatch(
      /^TF\.js kernel MaxPool, called in padded \(.*tensorflow\.test\.ts:\d+:\d+\), fails on tfjs-node: .*padding/,
    );
    expect(error.cure).toBe('use engine: onnx, or write that part of the step in other operations');
  });

  it('names the kernel that it does not have', async () => {
    const step: Step = ({ x }) => ({ y: tf.engine().runKernel('NoSuchKernel', { x: x! }) as Tensor });
    const program = await tfjsNode.compile(step, { x: { shape: [1] } });
    const error = await errorOf(() => program.run({ x: new Float32Array(1) }));
    expect(error.what).toBe('the engine tfjs-node has no TF.js kernel NoSuchKernel');
  });

  it('refuses another number of threads than TensorFlow was loaded with', async () => {
    const error = await errorOf(() => startEngine('tfjs-node', { threads: 3 }));
    expect(error.what).toBe(
      'tfjs-node cannot be given 3 threads: TensorFlow was loaded with 2 in this process',
    );
    expect(error.cure).toBe('use threads: 2, or a process of its own');
  });

  it('keeps nothing over 300 steps', { timeout: 600_000 }, async () => {
    const engine = await startEngine('tfjs-node');
    const gan = tinyGan(engine);
    const program = await engine.compile(gan.step, gan.inputs);
    const inputs = gan.feed(0);
    for (let n = 0; n < 20; n++) await program.run(inputs);
    const before = await usage();
    for (let n = 0; n < 300; n++) await program.run(inputs);
    const after = await usage();
    expect(after.tensors).toBe(before.tensors);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(2 ** 20);
    expect(after.rss - before.rss).toBeLessThan(24 * 2 ** 20);
    await engine.dispose();
  });
});
