import {
  registerGradient,
  type AvgPoolGradAttrs,
  type ResizeNearestNeighborGradAttrs,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Gradients of gradients that TF.js lacks, so that a gradient penalty may go through pooling and upsampling. Both
 * operations are linear: the gradient with respect to dy is the operation itself, that with respect to x is zero.
 */
export function registerSecondOrderGradients(): void {
  registerGradient({
    kernelName: tf.AvgPoolGrad,
    inputsToSave: ['input'],
    gradFunc: (dy, [input], attrs) => {
      const { filterSize, strides, pad } = attrs as unknown as AvgPoolGradAttrs;
      return {
        dy: () => tf.avgPool(dy as Tensor4D, filterSize, strides, pad),
        input: () => tf.zerosLike(input!),
      };
    },
  });
  registerGradient({
    kernelName: tf.ResizeNearestNeighborGrad,
    inputsToSave: ['images', 'dy'],
    gradFunc: (dy, [images, upper], attrs) => {
      const { alignCorners } = attrs as unknown as ResizeNearestNeighborGradAttrs;
      const size = upper!.shape.slice(1, 3) as [number, number];
      return {
        images: () => tf.zerosLike(images!),
        dy: () => tf.image.resizeNearestNeighbor(dy as Tensor4D, size, alignCorners),
      };
    },
  });
}
