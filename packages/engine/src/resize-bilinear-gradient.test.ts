import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { Engine } from './engine.ts';
import { startEngine } from './resolve.ts';
import { f32, largestError, randomValues, uniform } from './testing-cases/op-case.testing.ts';
import { tf, withBackend } from './tf.ts';

const ENGINES = ['onnx', 'cpu', 'wasm'] as const;
const engines = new Map<string, Engine>();
beforeAll(async () => {
  for (const name of ENGINES) engines.set(name, await startEngine(name));
});
afterAll(() => Promise.all([...engines.values()].map((engine) => engine.dispose())));

const RULES = [
  { alignCorners: false, halfPixelCenters: false },
  { alignCorners: true, halfPixelCenters: false },
  { alignCorners: false, halfPixelCenters: true },
] as const;

const side = fc.integer({ min: 1, max: 9 });

describe.each(ENGINES)('the gradient of bilinear resizing on %s', (name) => {
  it('is the transpose of the resizing: ⟨Ax, y⟩ = ⟨x, Aᵀy⟩', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(side, side, side, side),
        fc.constantFrom(...RULES),
        async ([h, w, tall, wide], { alignCorners, halfPixelCenters }) => {
          const shapes = { x: [2, h, w, 2], y: [2, tall, wide, 2] };
          const program = await engines.get(name)!.compile(
            ({ x, y }) => {
              const resize = (v: Tensor): Tensor =>
                tf.image.resizeBilinear(v as Tensor4D, [tall, wide], alignCorners, halfPixelCenters);
              return {
                forward: tf.sum(tf.mul(resize(x!), y!)),
                backward: tf.sum(tf.mul(x!, tf.grad(resize)(x!, y))),
              };
            },
            { x: { shape: shapes.x }, y: { shape: shapes.y } },
          );
          const { forward, backward } = await program.run({
            x: randomValues(f32(shapes.x), uniform(1)),
            y: randomValues(f32(shapes.y), uniform(2)),
          });
          await program.dispose();
          expect(Math.abs(forward![0]! - backward![0]!)).toBeLessThan(1e-5 * 4 * tall * wide + 1e-4);
        },
      ),
      { numRuns: 25 },
    );
  });
});

it('is TF.js’s own where that is right: squares, and pixels by their corners', () => {
  withBackend('cpu', () => {
    for (const alignCorners of [false, true]) {
      const x = tf.tensor4d(randomValues(f32([2, 4, 4, 3]), uniform(3)), [2, 4, 4, 3]);
      const dy = tf.tensor4d(randomValues(f32([2, 7, 7, 3]), uniform(4)), [2, 7, 7, 3]);
      const attrs = { alignCorners, halfPixelCenters: false };
      const own: Tensor = tf.engine().runKernel(tf.ResizeBilinearGrad, { images: x, dy }, attrs);
      const ours = tf.grad((v: Tensor) => tf.image.resizeBilinear(v as Tensor4D, [7, 7], alignCorners))(
        x,
        dy,
      );
      expect(largestError(ours.dataSync() as Float32Array, own.dataSync() as Float32Array)).toBeLessThan(
        1e-5,
      );
    }
  });
});
