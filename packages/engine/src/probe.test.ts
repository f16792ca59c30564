import { afterEach, describe, expect, it } from 'vitest';
import { PROBE_LOSSES, probeValues } from './probe.ts';
import { startEngine } from './resolve.ts';
import { tf } from './tf.ts';

/** Where a convolution of a 4×4 kernel, strides of 2 and padding of 1 reads: of a 4×4 image by 2×2 places. */
function* taps(): Generator<{ pixel: number; place: number; tap: number }> {
  for (let place = 0; place < 4; place++) {
    for (let tap = 0; tap < 16; tap++) {
      const row = 2 * (place >> 1) + (tap >> 2) - 1;
      const column = 2 * (place & 1) + (tap & 3) - 1;
      if (row >= 0 && row < 4 && column >= 0 && column < 4) yield { pixel: 4 * row + column, place, tap };
    }
  }
}

/** The probe's network in plain loops, in float64: its loss, and the filters after an update by 1/64 of the gradient. */
function trainInLoops(x: Float32Array, { down, up }: { down: Float64Array; up: Float64Array }) {
  const gradients = { down: new Float64Array(32), up: new Float64Array(32) };
  let loss = 0;
  for (let image = 0; image < 2; image++) {
    const pixels = x.slice(16 * image, 16 * (image + 1));
    const maps = new Float64Array(8);
    const y = new Float64Array(16);
    const dMaps = new Float64Array(8);
    for (const channel of [0, 1]) {
      for (const { pixel, place, tap } of taps()) {
        maps[2 * place + channel]! += pixels[pixel]! * down[2 * tap + channel]!;
      }
      for (const { pixel, place, tap } of taps()) {
        y[pixel]! += maps[2 * place + channel]! * up[2 * tap + channel]!;
      }
    }
    const dy = y.map((value, pixel) => 2 * (value - pixels[pixel]!));
    loss += dy.reduce((sum, d) => sum + (d / 2) ** 2, 0);
    for (const channel of [0, 1]) {
      for (const { pixel, place, tap } of taps()) {
        gradients.up[2 * tap + channel]! += dy[pixel]! * maps[2 * place + channel]!;
        dMaps[2 * place + channel]! += dy[pixel]! * up[2 * tap + channel]!;
      }
      for (const { pixel, place, tap } of taps()) {
        gradients.down[2 * tap + channel]! += dMaps[2 * place + channel]! * pixels[pixel]!;
      }
    }
  }
  return {
    loss,
    down: down.map((w, i) => w - gradients.down[i]! / 64),
    up: up.map((w, i) => w - gradients.up[i]! / 64),
  };
}

it('knows the right losses', () => {
  const x = probeValues(32);
  // Stored filters are [out, in, kh, kw] for `down` and [in, out, kh, kw] for `up`; the loops have [tap, channel].
  const filter = Float64Array.from({ length: 32 }, (_, i) => probeValues(32)[16 * (i % 2) + (i >> 1)]!);
  const first = trainInLoops(x, { down: filter, up: filter });
  const second = trainInLoops(x, first);
  expect(PROBE_LOSSES[0]).toBe(first.loss);
  expect(PROBE_LOSSES[1]).toBeCloseTo(second.loss, 4);
});

describe('an engine is refused that', () => {
  const restores: (() => void)[] = [];
  afterEach(() => restores.splice(0).forEach((restore) => restore()));

  /** Changes a kernel of TF.js's cpu backend until the test ends. */
  function change(kernelName: string, by: number | 'missing'): void {
    const original = tf.getKernel(kernelName, 'cpu')!;
    tf.unregisterKernel(kernelName, 'cpu');
    restores.push(() => {
      if (tf.getKernel(kernelName, 'cpu')) tf.unregisterKernel(kernelName, 'cpu');
      tf.registerKernel(original);
    });
    if (by === 'missing') return;
    tf.registerKernel({
      ...original,
      kernelFunc: (call) => {
        const result = original.kernelFunc(call) as tf.TensorInfo;
        return tf.mul(tf.engine().makeTensorFromTensorInfo(result), by);
      },
    });
  }

  it.each(['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'])('has no %s', async (kernel) => {
    await (await startEngine('cpu')).dispose();
    change(kernel, 'missing');
    await expect(startEngine('cpu')).rejects.toThrow(kernel);
  });

  it.each(['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'])(
    'computes %s wrongly',
    async (kernel) => {
      await (await startEngine('cpu')).dispose();
      change(kernel, 1.1);
      await expect(startEngine('cpu')).rejects.toThrow('computes wrongly');
    },
  );

  it('and lets go of what it had', async () => {
    await (await startEngine('cpu')).dispose();
    const { numTensors } = tf.memory();
    await (await startEngine('cpu')).dispose();
    change('Conv2D', 'missing');
    await expect(startEngine('cpu')).rejects.toThrow('Conv2D');
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
