import * as tf from '@tensorflow/tfjs-core';

/** Doubles the side; each pixel becomes a block of 2×2: [N, H, W, C] → [N, 2H, 2W, C]. */
export function doubled(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  return tf.image.resizeNearestNeighbor(x, [2 * height, 2 * width]);
}

/** Halves the side; each pixel is the mean of a block of 2×2: [N, H, W, C] → [N, H/2, W/2, C]. */
export const halved = (x: tf.Tensor4D): tf.Tensor4D => tf.avgPool(x, 2, 2, 'valid');
