import { describe, expect, it } from 'vitest';
import { defined } from '@medgan/files';
import { tf } from '../tf.ts';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Step, Values } from '../engine.ts';
import type { ExecutionProvider } from '../names.ts';
import { OnnxEngine } from './onnx-engine.ts';

describe('OnnxEngine', () => {
  it('runs a step with gradients and keeps its state', async () => {
    const engine = new OnnxEngine({ verifyPasses: true });
    const w = engine.variable({ name: 'w', shape: [2], values: Float32Array.of(1, 2) });
    const program = await engine.compile(
      ({ x }) => {
        const { value, grads } = tf.variableGrads(
          () => tf.sum(tf.square(tf.mul(w, x as Tensor))) as never,
          [w],
        );
        const g = Object.values(grads)[0]!;
        w.assign(tf.sub(w, tf.mul(g, 0.1)));
        return { loss: value };
      },
      { x: { shape: [2] } },
    );
    expect([...(await program.run({ x: Float32Array.of(1, 1) }))['loss']!]).toEqual([5]);
    expect(Array.from(await engine.read(w), (v) => v.toFixed(4))).toEqual(['0.8000', '1.6000']);
    expect((await program.run({ x: Float32Array.of(1, 1) }))['loss']![0]).toBeCloseTo(3.2);
    await engine.dispose();
  });

  it('has the name and the accelerator of its execution provider', () => {
    const described = (provider?: ExecutionProvider): string[] => {
      const { name, accelerator } = new OnnxEngine(defined({ provider }));
      return [name, accelerator];
    };
    expect(described()).toEqual(['onnx', 'cpu']);
    expect(described('cpu')).toEqual(['onnx', 'cpu']);
    expect(described('cuda')).toEqual(['onnx-cuda', 'gpu']);
    expect(described('webgpu')).toEqual(['onnx-webgpu', 'gpu']);
  });

  it('computes the same bits whether idle threads spin or sleep', async () => {
    const product = async (spinning: boolean): Promise<Values> => {
      const engine = new OnnxEngine({ threads: 2, spinning });
      const step: Step = ({ x }) => ({ y: tf.matMul(x as Tensor2D, x as Tensor2D) });
      const program = await engine.compile(step, { x: { shape: [64, 64] } });
      const { y } = await program.run({ x: Float32Array.from({ length: 64 * 64 }, (_, i) => Math.sin(i)) });
      await engine.dispose();
      return y!;
    };
    expect(await product(false)).toEqual(await product(true));
  });
});
