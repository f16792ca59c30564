import { backend_util, type KernelFunc, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { tf } from '../tf.ts';
import { borrow } from './borrow.ts';
import { spread } from './spread.ts';

type Shape4D = [number, number, number, number];

/** The forward convolution of a gradient, without dilations: TF.js has no gradients of those. NHWC. */
function forwardOf(
  image: Shape4D,
  filter: Shape4D,
  attrs: Readonly<Record<string, unknown>>,
): backend_util.Conv2DInfo {
  return backend_util.computeConv2DInfo(
    image,
    filter,
    attrs['strides'] as [number, number],
    1,
    attrs['pad'] as 'same' | 'valid' | number,
    attrs['dimRoundingMode'] as 'floor' | 'round' | 'ceil' | undefined,
    true,
  );
}

/** `x` [n, h, w, c] as [n, h, w, c·m], each channel m times. */
const repeatChannels = (x: Tensor4D, m: number): Tensor4D => {
  if (m === 1) return x;
  const [n, h, w, c] = x.shape;
  return tf.reshape(tf.tile(tf.reshape(x, [n, h, w, c, 1]), [1, 1, 1, 1, m]), [n, h, w, c * m]);
};

/**
 * The gradient of a depthwise convolution's filter, which TF.js's wasm backend lacks: for each element of the filter, the
 * sum over images and output pixels of dy times the image pixel that the element met. NHWC.
 */
export const wasmDepthwiseBackpropFilter: KernelFunc = ({ inputs, backend, attrs }) =>
  tf.tidy(() => {
    const x = borrow(backend, inputs['x']!) as Tensor4D;
    const dy = borrow(backend, inputs['dy']!) as Tensor4D;
    const filterShape = attrs!['filterShape'] as Shape4D;
    const [kh, kw, , m] = filterShape;
    const info = forwardOf(x.shape, filterShape, attrs!);
    const { padInfo: pad, strideHeight, strideWidth, outHeight, outWidth } = info;
    const [n, h, w, c] = x.shape;
    const height = Math.max(h + pad.top, (outHeight - 1) * strideHeight + kh);
    const width = Math.max(w + pad.left, (outWidth - 1) * strideWidth + kw);
    const padded = tf.pad(x, [
      [0, 0],
      [pad.top, height - h - pad.top],
      [pad.left, width - w - pad.left],
      [0, 0],
    ]);
    const sums: Tensor[] = [];
    for (let ky = 0; ky < kh; ky++) {
      for (let kx = 0; kx < kw; kx++) {
        const end = [n, ky + (outHeight - 1) * strideHeight + 1, kx + (outWidth - 1) * strideWidth + 1, c];
        const met = tf.stridedSlice(padded, [0, ky, kx, 0], end, [1, strideHeight, strideWidth, 1]);
        sums.push(tf.sum(tf.mul(repeatChannels(met as Tensor4D, m), dy), [0, 1, 2]));
      }
    }
    return tf.reshape(tf.stack(sums), filterShape);
  });

/**
 * The gradient of a depthwise convolution's image, which TF.js's wasm backend lacks: the depthwise convolution of dy, its
 * pixels `strides` apart, with the filter turned round. NHWC.
 */
export const wasmDepthwiseBackpropInput: KernelFunc = ({ inputs, backend, attrs }) =>
  tf.tidy(() => {
    const dy = borrow(backend, inputs['dy']!) as Tensor4D;
    const filter = borrow(backend, inputs['filter']!) as Tensor4D;
    const image = attrs!['inputShape'] as Shape4D;
    const [kh, kw, c, m] = filter.shape;
    const { padInfo: pad, strideHeight, strideWidth } = forwardOf(image, filter.shape, attrs!);
    const apart = spread(dy, [strideHeight, strideWidth]);
    const [n, rows, columns, channels] = apart.shape;
    // The convolution reads `size + kernel − 1` rows and columns; rows that the forward one did not read get zeros.
    const padded = tf.pad(apart, [
      [0, 0],
      [kh - 1, Math.max(0, image[1] + pad.top - rows)],
      [kw - 1, Math.max(0, image[2] + pad.left - columns)],
      [0, 0],
    ]);
    const turned = tf.reshape(tf.reverse(filter, [0, 1]), [kh, kw, channels, 1]) as Tensor4D;
    const full = tf.depthwiseConv2d(padded as Tensor4D, turned, 1, 'valid');
    const cut = tf.slice(full, [0, pad.top, pad.left, 0], [n, image[1], image[2], channels]);
    return m === 1 ? cut : tf.sum(tf.reshape(cut, [n, image[1], image[2], c, m]), 4);
  });
