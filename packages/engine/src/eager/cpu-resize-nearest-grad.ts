import type { KernelFunc, Tensor4D } from '@tensorflow/tfjs-core';
import { tf } from '../tf.ts';
import { borrow } from './borrow.ts';

/**
 * The gradient of nearest-neighbour resizing one image at a time: TF.js's `cpu` kernel takes the gradients of every
 * image after the first from the wrong place (tfjs-backend-cpu 4.22, ResizeNearestNeighborGrad). NHWC.
 */
export const imageByImage =
  (original: KernelFunc): KernelFunc =>
  ({ inputs, backend, attrs }) =>
    tf.tidy(() => {
      const images = borrow(backend, inputs['images']!) as Tensor4D;
      const dy = borrow(backend, inputs['dy']!) as Tensor4D;
      const gradients = Array.from({ length: images.shape[0] }, (_, i) => {
        const one = { images: tf.slice(images, i, 1), dy: tf.slice(dy, i, 1) };
        const gradient = original({ inputs: one, backend, ...(attrs ? { attrs } : {}) });
        return tf.engine().makeTensorFromTensorInfo(gradient as tf.TensorInfo);
      });
      return gradients.length === 1 ? gradients[0]! : tf.concat(gradients, 0);
    });
