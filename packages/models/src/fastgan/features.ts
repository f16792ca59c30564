import type * as tf from '@tensorflow/tfjs-core';

/** Feature maps of images [N, S, S, C]. */
export interface Features {
  /** [N, 8, 8, ·], of the whole image. */
  readonly last: tf.Tensor4D;
  /** [N, 16, 16, ·], of the whole image. */
  readonly middle: tf.Tensor4D;
  /** [N, 8, 8, ·], of the image at half its side. */
  readonly small: tf.Tensor4D;
}
