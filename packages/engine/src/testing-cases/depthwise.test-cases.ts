import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { tf } from '../tf.ts';
import { convolutionName, type Convolution } from './image.test-cases.ts';
import { f32, type OpCase } from './op-case.testing.ts';

/** Kernels of 3 and 5, strides 1 and 2, even and odd sizes: the paddings of 'same' that are not equal on both sides. */
export const DEPTHWISE: readonly (Convolution & { readonly multiplier: number })[] = [
  { image: [2, 6, 7, 5], kernel: [3, 3], strides: 1, pad: 'same', multiplier: 1 },
  { image: [2, 8, 8, 3], kernel: [3, 3], strides: 2, pad: 'same', multiplier: 1 },
  { image: [2, 7, 9, 3], kernel: [3, 3], strides: 2, pad: 'same', multiplier: 1 },
  { image: [2, 6, 7, 3], kernel: [5, 5], strides: 1, pad: 'same', multiplier: 1 },
  { image: [2, 8, 10, 17], kernel: [5, 5], strides: 2, pad: 'same', multiplier: 1 },
  { image: [2, 9, 7, 3], kernel: [5, 5], strides: 2, pad: 'same', multiplier: 1 },
  { image: [1, 4, 4, 33], kernel: [5, 5], strides: 1, pad: 'same', multiplier: 1 },
  { image: [2, 8, 9, 3], kernel: [3, 3], strides: 2, pad: 'valid', multiplier: 1 },
  { image: [2, 6, 7, 3], kernel: [3, 2], strides: 1, pad: 'valid', multiplier: 2 },
  { image: [2, 8, 7, 2], kernel: [5, 3], strides: 2, pad: 'same', multiplier: 3 },
  { image: [2, 7, 8, 4], kernel: [3, 3], strides: 2, pad: 1, multiplier: 1 },
  { image: [2, 6, 6, 3], kernel: [3, 3], strides: 2, pad: [[0, 0], [0, 1], [1, 0], [0, 0]], multiplier: 1 },
  { image: [2, 4, 4, 3], kernel: [1, 1], strides: 1, pad: 'same', multiplier: 1 },
]; // prettier-ignore

type Depthwise = (typeof DEPTHWISE)[number];

const filterOf = (c: Depthwise): [number, number, number, number] => [...c.kernel, c.image[3], c.multiplier];

/** Shape of the convolution's output. */
const depthwiseConvolved = (c: Depthwise): number[] =>
  tf.backend_util.computeConv2DInfo([...c.image], filterOf(c), c.strides, 1, c.pad as never, undefined, true)
    .outShape;

const depthwise = (x: Tensor, filter: Tensor, c: Convolution): Tensor =>
  tf.depthwiseConv2d(x as Tensor4D, filter as Tensor4D, c.strides, c.pad as never, 'NHWC', c.dilations ?? 1);

/** A depthwise convolution, in the layout that the engine holds images in, and both of its gradients. */
export const depthwiseCase = (c: Depthwise): OpCase => ({
  name: `DepthwiseConv2dNative ${convolutionName(c)} with ${c.multiplier} filters per channel, and its gradients`,
  covers: [
    'DepthwiseConv2dNative',
    'DepthwiseConv2dNativeBackpropInput',
    'DepthwiseConv2dNativeBackpropFilter',
  ],
  inputs: { x: f32(c.image), filter: f32(filterOf(c)), dy: f32(depthwiseConvolved(c)) },
  step: ({ x, filter, dy }) => {
    const run = (a: Tensor, b: Tensor): Tensor => depthwise(a, b, c);
    return [run(x!, filter!), ...tf.grads(run)([x!, filter!], dy)];
  },
});

/** Depthwise convolutions. */
export const depthwiseCases: readonly OpCase[] = [
  ...DEPTHWISE.map(depthwiseCase),
  {
    name: 'DepthwiseConv2dNative with dilations',
    covers: ['DepthwiseConv2dNative'],
    inputs: { x: f32([2, 9, 8, 3]), filter: f32([3, 3, 3, 2]) },
    step: ({ x, filter }) =>
      depthwise(x!, filter!, { image: [2, 9, 8, 3], kernel: [3, 3], strides: 1, pad: 'same', dilations: 2 }),
  },
  {
    name: 'FusedDepthwiseConv2D',
    covers: ['FusedDepthwiseConv2D'],
    inputs: { x: f32([2, 5, 6, 3]), filter: f32([3, 3, 3, 1]), bias: f32([3]) },
    step: ({ x, filter, bias }) =>
      tf.fused.depthwiseConv2d({
        x: x as Tensor4D,
        filter: filter as Tensor4D,
        strides: 2,
        pad: 'same',
        bias: bias!,
        activation: 'relu6',
      }),
  },
];
