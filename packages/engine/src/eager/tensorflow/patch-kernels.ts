import { backend_util, type KernelFunc, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { tf } from '../../tf.ts';
import { borrow } from '../borrow.ts';
import { replaceKernel } from '../replace-kernel.ts';
import { BACKEND } from './backend.ts';
import {
  explicitConv2DBackpropFilter,
  explicitConv2DBackpropInput,
  withExplicitPadding,
} from './convolutions.ts';
import { anyDepthwise, anyDepthwiseBackpropFilter, anyDepthwiseBackpropInput } from './depthwise.ts';

/**
 * Average pooling with a padding of one number, of which TensorFlow has none: the sum of each window over its pixels
 * inside the image, as TF.js's other backends count. NHWC.
 */
const paddedAveragePool =
  (original: KernelFunc): KernelFunc =>
  (call) => {
    const { filterSize, strides, pad, dimRoundingMode } = call.attrs as unknown as tf.AvgPoolAttrs;
    if (typeof pad !== 'number' || pad === 0) return original(call);
    return tf.tidy(() => {
      const x = borrow(call.backend, call.inputs['x']!) as Tensor4D;
      const [n, h, w, c] = x.shape;
      const info = backend_util.computePool2DInfo(x.shape, filterSize, strides, 1, pad, dimRoundingMode);
      // The last windows may end before the padding does, or, rounded up, after it.
      const after = (size: number, windows: number, [stride, window]: [number, number]): number =>
        Math.max(0, (windows - 1) * stride + window - size - pad);
      const bottom = after(h, info.outHeight, [info.strideHeight, info.filterHeight]);
      const right = after(w, info.outWidth, [info.strideWidth, info.filterWidth]);
      const average = (image: Tensor4D): Tensor => {
        const padded = tf.pad(image, [[0, 0], [pad, bottom], [pad, right], [0, 0]]); // prettier-ignore
        return tf.avgPool(padded, filterSize, strides, 'valid');
      };
      const covered = average(tf.ones([1, h, w, 1]));
      return tf.reshape(tf.div(average(x), covered), [n, info.outHeight, info.outWidth, c]);
    });
  };

/** A comparison of booleans as numbers: TensorFlow compares only numbers for order. */
const ofNumbers =
  (original: KernelFunc): KernelFunc =>
  (call) => {
    const [a, b] = [call.inputs['a']!, call.inputs['b']!];
    if (a.dtype !== 'bool' && b.dtype !== 'bool') return original(call);
    return tf.tidy(() => {
      const asNumber = (info: tf.TensorInfo): Tensor => {
        const tensor = borrow(call.backend, info);
        return info.dtype === 'bool' ? tf.cast(tensor, 'int32') : tensor;
      };
      return original({ ...call, inputs: { a: asNumber(a), b: asNumber(b) } }) as Tensor;
    });
  };

/** The step function of whole numbers, whose parts tfjs-node 4.22 makes of different types. */
const stepOfIntegers =
  (original: KernelFunc): KernelFunc =>
  (call) => {
    const x = call.inputs['x']!;
    if (x.dtype !== 'int32') return original(call);
    const { alpha } = call.attrs as unknown as tf.StepAttrs;
    return tf.tidy(() => {
      const isAbove = tf.greater(borrow(call.backend, x), tf.scalar(0, 'int32'));
      return tf.where(
        isAbove,
        tf.onesLike(tf.cast(isAbove, 'int32')),
        tf.fill(x.shape, Math.trunc(alpha), 'int32'),
      );
    });
  };

/** The floor of a quotient as int32, as TF.js has it: TensorFlow keeps the type of the operands. */
const wholeQuotient =
  (original: KernelFunc): KernelFunc =>
  (call) =>
    tf.tidy(() => tf.cast(original(call) as Tensor, 'int32'));

const MENDED: Readonly<Record<string, (original: KernelFunc) => KernelFunc>> = {
  [tf.Conv2D]: withExplicitPadding,
  [tf.FusedConv2D]: withExplicitPadding,
  [tf.Conv2DBackpropInput]: explicitConv2DBackpropInput,
  [tf.Conv2DBackpropFilter]: explicitConv2DBackpropFilter,
  [tf.DepthwiseConv2dNative]: anyDepthwise,
  [tf.DepthwiseConv2dNativeBackpropInput]: anyDepthwiseBackpropInput,
  [tf.DepthwiseConv2dNativeBackpropFilter]: anyDepthwiseBackpropFilter,
  [tf.AvgPool]: paddedAveragePool,
  [tf.FloorDiv]: wholeQuotient,
  [tf.Greater]: ofNumbers,
  [tf.GreaterEqual]: ofNumbers,
  [tf.Less]: ofNumbers,
  [tf.LessEqual]: ofNumbers,
  [tf.Step]: stepOfIntegers,
};

/** Gives tfjs-node's backend what it lacks. To be called once, when its kernels are registered. */
export function patchTensorflowKernels(): void {
  for (const [kernelName, make] of Object.entries(MENDED)) {
    replaceKernel({ kernelName, backendName: BACKEND }, make);
  }
}
