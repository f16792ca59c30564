import { describe, expect, it } from 'vitest';
import { tf } from '../tf.ts';
import type { Tensor } from '@tensorflow/tfjs-core';
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
});
