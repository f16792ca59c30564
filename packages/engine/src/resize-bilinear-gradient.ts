import * as tf from '@tensorflow/tfjs-core';
import type { GradConfig, ResizeBilinearAttrs, Tensor, Tensor4D } from '@tensorflow/tfjs-core';

type Rule = Pick<ResizeBilinearAttrs, 'alignCorners' | 'halfPixelCenters'>;

/** The share of each of `from` pixels in each of `to` pixels along one axis, [1, from, to], as in the `cpu` kernel. */
function shares([from, to]: readonly [number, number], { alignCorners, halfPixelCenters }: Rule): Tensor {
  const ratio = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  const values = new Float32Array(from * to);
  for (let i = 0; i < to; i++) {
    const at = halfPixelCenters ? ratio * (i + 0.5) - 0.5 : ratio * i;
    const place = Math.min(Math.max(at, 0), from - 1);
    const before = Math.floor(place);
    const after = Math.min(before + 1, from - 1);
    values[before * to + i]! += 1 - (place - before);
    values[after * to + i]! += place - before;
  }
  return tf.tensor3d(values, [1, from, to]);
}

/**
 * The gradient of bilinear resizing, as two products of matrices: rows, then columns. TF.js's own (4.22) ignores
 * `halfPixelCenters`, cannot be differentiated, is missing on `wasm`, and exchanges height and width on `cpu`.
 */
export const resizeBilinear: GradConfig = {
  kernelName: tf.ResizeBilinear,
  inputsToSave: ['images'],
  gradFunc: (dy, [images], attrs) => ({
    images: () => {
      const rule = attrs as unknown as Rule;
      const [n, h, w, c] = (images as Tensor4D).shape;
      const [, tall, wide] = (dy as Tensor4D).shape;
      const byRow = tf.reshape(dy as Tensor, [n, tall, wide * c]);
      const rows = tf.reshape(tf.matMul(shares([h, tall], rule), byRow), [n * h, wide, c]);
      return tf.reshape(tf.matMul(shares([w, wide], rule), rows), [n, h, w, c]);
    },
  }),
};
