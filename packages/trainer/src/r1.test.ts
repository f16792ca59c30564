import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startEngine } from '@medgan/engine';
import { differentiatedTwice, judgeWithR1 } from './r1.ts';

/**
 * γ/2 · mean ‖∇D(x)‖² with γ = 10 by torch.autograd.grad with create_graph, PyTorch 1.13, float32, for a discriminator of
 * one 2×2 convolution with stride 2, tanh, and a linear head: the logits, the penalty, its gradient by the filter
 * [3, 1, 2, 2] and by the head [12].
 */
const TORCH = {
  logits: [0.17791250348091125, 0.18220745027065277],
  penalty: 28.994850158691406,
  filter: [
    -12.1439, 12.92456, 2.996995, -14.34583, 7.340726, 18.80508, -12.47608, -4.958917, 7.402332, -13.49108,
    -0.2286232, 19.51258,
  ],
  head: [
    14.95517, 9.524418, 1.725154, 5.72306, 12.11858, 14.92915, -10.47099, -0.2516683, 9.784722, -13.73762,
    -12.66693, -7.922374,
  ],
};

/** float32(sin(1.7 i + phase)). */
const wave = (count: number, phase: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(1.7 * i + phase));

const real = { shape: [2, 4, 4, 1] };

describe.each(['onnx', 'cpu'] as const)('R1 on %s', (name) => {
  it('penalises as a double backward pass in PyTorch does', async () => {
    const engine = await startEngine(name);
    const filter = engine.variable({ name: 'filter', shape: [2, 2, 1, 3], values: wave(12, 0.3) });
    const head = engine.variable({ name: 'head', shape: [12, 1], values: wave(12, 0.6) });
    let passes = 0;
    const judge = (images: tf.Tensor4D): tf.Tensor => {
      passes++;
      const maps = tf.tanh(tf.conv2d(images, filter as tf.Tensor4D, 2, 'valid'));
      return tf.reshape(tf.matMul(tf.reshape(maps, [-1, 12]), head as tf.Tensor2D), [-1]);
    };
    const program = await engine.compile(
      (inputs) => {
        passes = 0;
        let logits!: tf.Tensor;
        const { value, grads } = tf.variableGrads(() => {
          const judged = judgeWithR1(
            (images) => ({ logits: judge(images) }),
            inputs['real'] as tf.Tensor4D,
            10,
          );
          logits = tf.keep(judged.logits);
          return judged.penalty;
        }, [filter, head]);
        const onFilter = tf.transpose(grads[filter.name]!, [3, 2, 0, 1]);
        return { logits, value, filter: onFilter, head: grads[head.name]! };
      },
      { real },
    );
    const out = await program.run({ real: wave(32, 0.1) });
    await engine.dispose();
    expect(passes).toBe(1);
    TORCH.logits.forEach((logit, i) => expect(out['logits']![i]).toBeCloseTo(logit, 5));
    expect(out['value']![0]).toBeCloseTo(TORCH.penalty, 3);
    TORCH.filter.forEach((slope, i) => expect(out['filter']![i]).toBeCloseTo(slope, 3));
    TORCH.head.forEach((slope, i) => expect(out['head']![i]).toBeCloseTo(slope, 3));
  });

  it('counts as a loss on the logits beside it does', async () => {
    const engine = await startEngine(name);
    const slope = engine.variable({ name: 'slope', shape: [1], values: Float32Array.of(3) });
    const judge = (images: tf.Tensor4D): tf.Tensor => tf.mul(tf.sum(images, [1, 2, 3]), slope);
    const program = await engine.compile(
      (inputs) => {
        const { value, grads } = tf.variableGrads(() => {
          const { logits, penalty } = judgeWithR1(
            (images) => ({ logits: judge(images) }),
            inputs['real'] as tf.Tensor4D,
            0.5,
          );
          return tf.add(tf.mean(logits), penalty) as tf.Scalar;
        }, [slope]);
        return { value, slope: grads[slope.name]! };
      },
      { real },
    );
    const out = await program.run({ real: new Float32Array(32).fill(0.25) });
    await engine.dispose();
    // Logits 16 · 0.25 · 3 each; the penalty 0.25 · 16 pixels · 3².
    expect(out['value']![0]).toBeCloseTo(12 + 36, 4);
    expect(out['slope']![0]).toBeCloseTo(4 + 24, 4);
  });
});

it('a discriminator that cannot be differentiated twice is refused by the kernel’s name', async () => {
  const engine = await startEngine('cpu');
  const scale = engine.variable({ name: 'scale', shape: [1], values: Float32Array.of(1) });
  const judge = (images: tf.Tensor4D): tf.Tensor =>
    tf.sum(tf.maxPool(tf.mul(images, scale) as tf.Tensor4D, 2, 2, 'valid'), [1, 2, 3]);
  const program = await engine.compile(
    (inputs) => {
      const loss = (): tf.Scalar =>
        judgeWithR1((images) => ({ logits: judge(images) }), inputs['real'] as tf.Tensor4D, 1).penalty;
      return { value: differentiatedTwice(() => tf.variableGrads(loss, [scale])).value };
    },
    { real },
  );
  await expect(program.run({ real: wave(32, 0.1) })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [MedganError: the discriminator cannot be differentiated twice: TF.js has no gradient of MaxPoolGrad
      cure: leave out r1 or choose an objective without a gradient penalty, or build the discriminator of other layers]
  `);
  await engine.dispose();
});
