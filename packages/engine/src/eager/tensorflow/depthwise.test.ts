import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Engine } from '../../engine.ts';
import { startEngine } from '../../resolve.ts';
import { depthwiseCases } from '../../testing-cases/depthwise.test-cases.ts';
import type { OpCase } from '../../testing-cases/op-case.testing.ts';
import { tf } from '../../tf.ts';
import { differences, runOn } from '../eager-case.testing.ts';
import { replaceKernel } from '../replace-kernel.ts';
import { anyDepthwise, anyDepthwiseBackpropFilter, anyDepthwiseBackpropInput } from './depthwise.ts';

type Mend = (original: KernelFunc) => KernelFunc;

const MENDS: Readonly<Record<string, Mend>> = {
  [tf.DepthwiseConv2dNative]: anyDepthwise,
  [tf.DepthwiseConv2dNativeBackpropInput]: anyDepthwiseBackpropInput,
  [tf.DepthwiseConv2dNativeBackpropFilter]: anyDepthwiseBackpropFilter,
};

/** A kernel that takes what tfjs-node's takes, and no more. */
const onlyNamed =
  (original: KernelFunc): KernelFunc =>
  (call) => {
    const { pad, dilations = [1, 1] } = call.attrs as { pad?: unknown; dilations?: unknown };
    expect(pad).toMatch(/^(same|valid)$/);
    expect([dilations].flat()).toSatisfy((all: number[]) => all.every((n) => n === 1));
    return original(call);
  };

/** Runs a case on the cpu backend whose depthwise kernels are changed by `make`. */
async function withKernels<T>(make: (kernelName: string) => Mend, body: () => Promise<T>) {
  const originals = Object.keys(MENDS).map((kernelName) => tf.getKernel(kernelName, 'cpu')!);
  for (const { kernelName, backendName } of originals) {
    replaceKernel({ kernelName, backendName }, make(kernelName));
  }
  try {
    return await body();
  } finally {
    for (const original of originals) {
      tf.unregisterKernel(original.kernelName, original.backendName);
      tf.registerKernel(original);
    }
  }
}

describe('depthwise convolutions of any padding, by kernels that know two', () => {
  let cpu: Engine;
  beforeAll(async () => {
    cpu = await startEngine('cpu');
  });
  afterAll(() => cpu.dispose());

  it.each(depthwiseCases.map((each) => [each.name, each] as const))('%s', async (_name, opCase: OpCase) => {
    const expected = await runOn(cpu, opCase);
    const actual = await withKernels(
      (kernelName) => (original) => MENDS[kernelName]!(onlyNamed(original)),
      () => runOn(cpu, opCase),
    );
    expect(differences(opCase, { actual, expected })).toEqual([]);
  });

  it('keep no tensor', async () => {
    const opCase = depthwiseCases.find(({ name }) => name.includes('pad 1'))!;
    await withKernels(
      (kernelName) => MENDS[kernelName]!,
      async () => {
        await runOn(cpu, opCase);
        const before = tf.memory().numTensors;
        await runOn(cpu, opCase);
        expect(tf.memory().numTensors).toBe(before);
      },
    );
  });
});
