import type { Tensor4D } from '@tensorflow/tfjs-core';
import { tf } from '../tf.ts';

/** Zeros put between the rows and columns of NHWC images, so that they are `strides` apart. */
export function spread(x: Tensor4D, [strideHeight, strideWidth]: readonly [number, number]): Tensor4D {
  const [n, h, w, c] = x.shape;
  const rows = tf.pad(tf.reshape(x, [n, h, 1, w * c]), [[0, 0], [0, 0], [0, strideHeight - 1], [0, 0]]); // prettier-ignore
  const height = h * strideHeight;
  const columns = tf.pad(tf.reshape(rows, [n, height * w, 1, c]), [[0, 0], [0, 0], [0, strideWidth - 1], [0, 0]]); // prettier-ignore
  const all = tf.reshape(columns, [n, height, w * strideWidth, c]);
  return tf.slice(
    all as Tensor4D,
    [0, 0, 0, 0],
    [n, height - strideHeight + 1, w * strideWidth - strideWidth + 1, c],
  );
}
