import * as tf from '@tensorflow/tfjs-core';

/** Twice the side, every pixel a block of 2×2: [N, H, W, C] → [N, 2H, 2W, C]. */
export function doubled(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  return tf.image.resizeNearestNeighbor(x, [2 * height, 2 * width]);
}

/** Half the side, the mean of each block of 2×2: [N, H, W, C] → [N, H/2, W/2, C]. */
export const halved = (x: tf.Tensor4D): tf.Tensor4D => tf.avgPool(x, 2, 2, 'valid');
