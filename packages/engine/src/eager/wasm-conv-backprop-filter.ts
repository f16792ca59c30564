import { backend_util, type KernelFunc, type Tensor4D } from '@tensorflow/tfjs-core';
import { tf } from '../tf.ts';
import { borrow } from './borrow.ts';

/**
 * The gradient of a convolution's filter, which TF.js's wasm backend lacks, by convolutions it has: x with batch and
 * channels swapped, convolved by dy, whose spacing (the forward strides) becomes the dilation. NHWC.
 */
export const wasmConv2DBackpropFilter: KernelFunc = ({ inputs, backend, attrs }) =>
  tf.tidy(() => {
    const x = borrow(backend, inputs['x']!) as Tensor4D;
    const dy = borrow(backend, inputs['dy']!) as Tensor4D;
    const filterShape = attrs!['filterShape'] as [number, number, number, number];
    const info = backend_util.computeConv2DInfo(
      x.shape,
      filterShape,
      attrs!['strides'] as [number, number],
      1,
      attrs!['pad'] as 'same' | 'valid' | number,
      attrs!['dimRoundingMode'] as 'floor' | 'round' | 'ceil' | undefined,
    );
    const [kh, kw] = filterShape;
    const { padInfo: pad, strideHeight, strideWidth, outHeight, outWidth } = info;
    // Rows and columns that the forward convolution reads, from its padding on.
    const rows = (outHeight - 1) * strideHeight + kh;
    const columns = (outWidth - 1) * strideWidth + kw;
    const [n, h, w, c] = x.shape;
    const height = Math.min(h, rows - pad.top);
    const width = Math.min(w, columns - pad.left);
    const read = tf.slice(x, [0, 0, 0, 0], [n, height, width, c]);
    const padded = tf.pad(read, [
      [0, 0],
      [pad.top, rows - pad.top - height],
      [pad.left, columns - pad.left - width],
      [0, 0],
    ]);
    const images = tf.transpose(padded, [3, 1, 2, 0]);
    const filter = tf.transpose(dy, [1, 2, 0, 3]);
    const product = tf.conv2d(images, filter, 1, 'valid', 'NHWC', [strideHeight, strideWidth]);
    return tf.transpose(product, [1, 2, 0, 3]);
  });
