import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { asImage, f32, largestError, runCase } from '../../testing-cases/op-case.testing.ts';
import { tf } from '../../tf.ts';

/** One operation on tensors picked from those made so far, or undefined where it does not apply. */
type Operation = (x: Tensor, y: Tensor, n: number) => Tensor | undefined;

const broadcasts = (x: Tensor, y: Tensor): boolean => {
  const rank = Math.max(x.rank, y.rank);
  const dim = (t: Tensor, i: number): number => t.shape[i - rank + t.rank] ?? 1;
  return Array.from({ length: rank }, (_, i) => [dim(x, i), dim(y, i)]).every(
    ([a, b]) => a === b || a === 1 || b === 1,
  );
};

const axis = (x: Tensor, n: number): number => n % Math.max(1, x.rank);
const isImage = (x: Tensor): boolean => x.rank === 4 && x.shape[1]! > 1 && x.shape[2]! > 1;
const paired = (f: (a: Tensor, b: Tensor) => Tensor): Operation => (x, y) =>
  broadcasts(x, y) ? tf.tanh(f(x, y)) : undefined; // prettier-ignore

/** Operations whose values stay in [−1, 1] or near it, so that chains of them stay comparable. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  add: paired(tf.add),
  subtract: paired(tf.sub),
  multiply: paired(tf.mul),
  maximum: paired(tf.maximum),
  divide: paired((a, b) => tf.div(a, tf.add(tf.square(b), 1))),
  select: paired((a, b) => tf.where(tf.greater(a, 0.1), a, b)),
  leakyRelu: (x) => tf.leakyRelu(x),
  negate: (x) => tf.neg(x),
  timesOne: (x) => tf.mul(x, 1),
  plusZeros: (x) => tf.add(x, tf.zerosLike(x)),
  onesTimes: (x) => tf.mul(tf.onesLike(x), x),
  widen: (x) => (x.rank === 3 ? tf.mul(x, tf.ones([2, 1, 1, 1])) : undefined),
  halfScaled: (x) => tf.mul(x, tf.fill(x.shape, 0.5)),
  cast: (x) => tf.cast(x, 'float32'),
  mean: (x, _y, n) => (x.rank > 0 ? tf.mean(x, axis(x, n), n % 2 === 0) : tf.mean(x)),
  sum: (x, _y, n) => tf.tanh(tf.sum(x, x.rank === 4 ? [1, 2] : undefined, n % 2 === 0)),
  sumOfSquares: (x, _y, n) => x.rank > 0 ? tf.tanh(tf.sum(tf.square(x), axis(x, n), n % 2 === 0)) : undefined,
  transpose: (x, _y, n) =>
    tf.transpose(
      x,
      x.shape.map((_, i) => (i + n) % x.rank),
    ),
  flatten: (x) => tf.reshape(x, [-1]),
  expand: (x) => (x.rank < 4 ? tf.expandDims(x, -1) : undefined),
  concat: (x, _y, n) => (x.rank > 0 && x.size < 200 ? tf.concat([x, tf.neg(x)], axis(x, n)) : undefined),
  slice: (x, _y, n) => {
    if (x.rank === 0) return undefined;
    return tf.slice(
      x,
      x.shape.map(() => 0),
      x.shape.map((s, i) => (i === axis(x, n) ? Math.max(1, s - 1) : s)),
    );
  },
  pad: (x, _y, n) => {
    if (x.rank === 0) return undefined;
    return tf.pad(
      x,
      x.shape.map((_, i) => (i === axis(x, n) ? [1, 0] : [0, 0])),
      0.25,
    );
  },
  pool: (x) => (isImage(x) ? tf.avgPool(x as Tensor4D, 2, 1, 'valid') : undefined),
  image: (x) => (x.rank === 4 ? asImage(x) : undefined),
  upsample: (x) => {
    if (!isImage(x) || x.size > 100) return undefined;
    const [h, w] = [x.shape[1]! * 2, x.shape[2]! * 2];
    return tf.image.resizeNearestNeighbor(x as Tensor4D, [h, w]);
  },
  resize: (x) => {
    if (!isImage(x) || x.size > 100) return undefined;
    const [h, w] = [x.shape[1]! + 1, x.shape[2]! * 2];
    return tf.image.resizeBilinear(x as Tensor4D, [h, w], false, true);
  },
  convolve: (x) => {
    if (!isImage(x)) return undefined;
    const filter = tf.tensor4d(
      Array.from({ length: 8 * x.shape[3]! }, (_, i) => Math.sin(i)),
      [2, 2, x.shape[3]!, 2],
    );
    return tf.tanh(tf.conv2d(x as Tensor4D, filter, 1, 'same'));
  },
}; // prettier-ignore

const instruction = fc.record({
  operation: fc.constantFrom(...Object.keys(OPERATIONS)),
  x: fc.nat(30),
  y: fc.nat(30),
  n: fc.nat(11),
});

it('a random step computes the same after all passes as it does in TF.js', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(instruction, { minLength: 2, maxLength: 12 }), async (program) => {
      const step = ({ image, row }: Readonly<Record<string, Tensor>>): readonly Tensor[] => {
        const made: Tensor[] = [image!, row!, tf.scalar(0.5)];
        for (const { operation, x, y, n } of program) {
          const last = made.length - 1;
          // Mostly what was made last, so that operations come to stand behind one another.
          const first = made[x > 15 ? last : x % made.length]!;
          const result = OPERATIONS[operation]!(first, made[y % made.length]!, n);
          if (result) made.push(result);
        }
        const sum = made.slice(2).reduce((total, t) => tf.add(total, tf.mean(t)), tf.scalar(0) as Tensor);
        const slope = tf.grad((v) => tf.sum(tf.tanh(tf.mul(v, sum))))(row!);
        return [made.at(-1)!, sum, slope];
      };
      const { compiled, expected, compiledTypes, expectedTypes } = await runCase({
        name: 'random',
        covers: [],
        inputs: { image: f32([2, 3, 4, 2], [-1, 1]), row: f32([2], [-1, 1]) },
        step,
      });
      expect(compiledTypes).toEqual(expectedTypes);
      for (const [name, values] of Object.entries(expected)) {
        expect(largestError(compiled[name]!, values), name).toBeLessThan(1e-4);
      }
    }),
    { numRuns: 60, seed: 20 },
  );
});
