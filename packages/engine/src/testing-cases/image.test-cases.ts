import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { tf } from '../tf.ts';
import { asImage, f32, i32, type OpCase } from './op-case.testing.ts';

/** A convolution: image [n, h, w, in], kernel [kh, kw]. */
export interface Convolution {
  readonly image: readonly [number, number, number, number];
  readonly kernel: readonly [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]];
  readonly dilations?: number | [number, number];
}

/** Odd sizes, non-square kernels, every stride with every padding, windows as large as the image, unread rows. */
export const CONVOLUTIONS: readonly Convolution[] = [
  { image: [2, 5, 7, 3], kernel: [3, 3], strides: 1, pad: 'same' },
  { image: [2, 5, 7, 3], kernel: [3, 2], strides: 1, pad: 'valid' },
  { image: [2, 5, 7, 3], kernel: [3, 3], strides: 1, pad: 2 },
  { image: [1, 8, 8, 3], kernel: [4, 4], strides: 2, pad: 1 },
  { image: [2, 8, 6, 2], kernel: [4, 4], strides: 2, pad: 'same' },
  { image: [2, 7, 9, 2], kernel: [3, 3], strides: 2, pad: 'same' },
  { image: [2, 8, 7, 2], kernel: [3, 2], strides: 2, pad: 'valid' },
  { image: [2, 9, 10, 2], kernel: [2, 3], strides: 3, pad: 'valid' },
  { image: [2, 10, 11, 2], kernel: [5, 4], strides: 3, pad: 'same' },
  { image: [2, 10, 11, 2], kernel: [3, 3], strides: 3, pad: 1 },
  { image: [2, 6, 9, 2], kernel: [1, 1], strides: 3, pad: 'same' },
  { image: [2, 6, 7, 2], kernel: [3, 3], strides: [2, 1], pad: 'same' },
  { image: [2, 5, 6, 2], kernel: [3, 2], strides: 2, pad: [[0, 0], [1, 0], [2, 1], [0, 0]] },
  { image: [3, 4, 4, 5], kernel: [4, 4], strides: 1, pad: 'valid' },
  { image: [3, 4, 5, 2], kernel: [4, 5], strides: 2, pad: 0 },
  { image: [1, 1, 1, 4], kernel: [1, 1], strides: 1, pad: 'same' },
]; // prettier-ignore

const DILATED: readonly Convolution[] = [
  { image: [2, 9, 8, 2], kernel: [3, 3], strides: 1, pad: 'same', dilations: 2 },
  { image: [2, 9, 8, 2], kernel: [3, 2], strides: 1, pad: 'valid', dilations: [2, 3] },
  { image: [2, 9, 8, 2], kernel: [2, 2], strides: 1, pad: 3, dilations: 3 },
];

const OUT = 4;

/** A convolution in the name of a case. */
export const convolutionName = ({ image, kernel, strides, pad, dilations = 1 }: Convolution): string =>
  `${image.join('x')} by ${kernel.join('x')} strides ${strides} pad ${JSON.stringify(pad)} dilations ${dilations}`;

const convolve = (x: Tensor, filter: Tensor, c: Convolution): Tensor =>
  tf.conv2d(x as Tensor4D, filter as Tensor4D, c.strides, c.pad as never, 'NHWC', c.dilations ?? 1);

const filterOf = (c: Convolution): number[] => [...c.kernel, c.image[3], OUT];

/** Shape of the convolution's output. */
function convolved(c: Convolution): number[] {
  return tf.backend_util.computeConv2DInfo(
    [...c.image],
    filterOf(c) as [number, number, number, number],
    c.strides,
    c.dilations ?? 1,
    c.pad as never,
  ).outShape;
}

const forward = (c: Convolution): OpCase => ({
  name: `Conv2D ${convolutionName(c)}`,
  covers: ['Conv2D'],
  inputs: { x: f32(c.image), filter: f32(filterOf(c)) },
  step: ({ x, filter }) => convolve(x!, filter!, c),
});

/** Both gradients of a convolution. */
export const backprop = (c: Convolution): OpCase => ({
  name: `gradients of Conv2D ${convolutionName(c)}`,
  covers: ['Conv2DBackpropInput', 'Conv2DBackpropFilter'],
  inputs: { x: f32(c.image), filter: f32(filterOf(c)), dy: f32(convolved(c)) },
  step: ({ x, filter, dy }) => tf.grads((a, b) => convolve(a, b, c))([x!, filter!], dy),
});

/** The same convolution run backwards, as generators use it: from its output's shape to its image. */
const transposed = (c: Convolution): OpCase => ({
  name: `transposed convolution ${convolutionName(c)}`,
  covers: ['Conv2DBackpropInput'],
  inputs: { x: f32(convolved(c)), filter: f32(filterOf(c)), dy: f32(c.image) },
  step: ({ x, filter, dy }) => {
    const up = (a: Tensor, b: Tensor): Tensor =>
      tf.conv2dTranspose(a as Tensor4D, b as Tensor4D, [...c.image], c.strides as number, c.pad as never);
    return [up(x!, filter!), ...tf.grads(up)([x!, filter!], dy)];
  },
});

const fusedConvolution = (activation: 'linear' | 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'leakyrelu'): OpCase => ({
  name: `FusedConv2D with ${activation}`,
  covers: ['FusedConv2D'],
  inputs: { x: f32([2, 5, 6, 3]), filter: f32([3, 3, 3, 4]), bias: f32([4]) },
  step: ({ x, filter, bias }) =>
    tf.fused.conv2d({
      x: x as Tensor4D,
      filter: filter as Tensor4D,
      strides: 2,
      pad: 'same',
      bias: bias!,
      activation,
      leakyreluAlpha: 0.1,
    }),
}); // prettier-ignore

const linearCases: readonly OpCase[] = [
  {
    name: 'BatchMatMul of matrices, in every transposition',
    covers: ['BatchMatMul'],
    inputs: { a: f32([3, 4]), b: f32([4, 5]), c: f32([4, 3]), d: f32([5, 4]) },
    step: ({ a, b, c, d }) => [
      tf.matMul(a!, b!),
      tf.matMul(c!, b!, true),
      tf.matMul(a!, d!, false, true),
      tf.matMul(c!, d!, true, true),
    ],
  },
  {
    name: 'BatchMatMul of batches, broadcast and transposed',
    covers: ['BatchMatMul'],
    inputs: { a: f32([2, 3, 4]), b: f32([2, 5, 4]), c: f32([1, 4, 2]), d: f32([4, 2]) },
    step: ({ a, b, c, d }) => [
      tf.matMul(a!, b!, false, true),
      tf.matMul(a!, c!),
      tf.matMul(a!, tf.reshape(d!, [1, 4, 2])),
    ],
  },
  {
    name: 'FusedMatMul',
    covers: ['_FusedMatMul'],
    inputs: { a: f32([3, 4]), b: f32([4, 5]), bias: f32([5]) },
    step: ({ a, b, bias }) => [
      tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation: 'relu' }),
      tf.fused.matMul({ a: a!, b: b! }),
      tf.fused.matMul({ a: a!, b: b!, activation: 'prelu', preluActivationWeights: bias! }),
    ],
  },
  {
    name: 'FusedConv2D with prelu and no bias',
    covers: ['FusedConv2D'],
    inputs: { x: f32([1, 4, 4, 2]), filter: f32([2, 2, 2, 3]), alpha: f32([3]) },
    step: ({ x, filter, alpha }) =>
      tf.fused.conv2d({
        x: x as Tensor4D,
        filter: filter as Tensor4D,
        strides: 1,
        pad: 'valid',
        activation: 'prelu',
        preluActivationWeights: alpha!,
      }),
  },
];

/** Average pooling: image, window, strides, padding. The gradient of padded windows is refused. */
const POOLS: readonly (readonly [number[], [number, number], [number, number], 'same' | 'valid' | number])[] = [
  [[2, 6, 8, 3], [2, 2], [2, 2], 'valid'],
  [[2, 5, 7, 3], [2, 2], [2, 2], 'same'],
  [[2, 5, 7, 3], [3, 2], [1, 2], 'same'],
  [[2, 7, 8, 2], [3, 3], [2, 2], 1],
  [[2, 7, 8, 2], [3, 3], [3, 3], 'valid'],
  [[2, 4, 4, 2], [4, 4], [1, 1], 'valid'],
]; // prettier-ignore

const poolCases = POOLS.map(([image, size, strides, pad]): OpCase => ({
  name: `AvgPool ${image.join('x')} by ${size.join('x')} strides ${strides.join('x')} pad ${pad}`,
  covers: pad === 'valid' ? ['AvgPool', 'AvgPoolGrad'] : ['AvgPool'],
  inputs: { x: f32(image) },
  step: ({ x }) => {
    const pool = (v: Tensor): Tensor => tf.avgPool(v as Tensor4D, size, strides, pad);
    const gradient = (v: Tensor): Tensor => tf.grad((u) => tf.sum(tf.square(pool(u))))(v);
    return pad === 'valid' ? [pool(x!), gradient(x!)] : pool(x!);
  },
}));

/** Sizes before and after: larger, smaller, by fractions, one pixel, one side unchanged. */
const RESIZES: readonly (readonly [from: [number, number], to: [number, number]])[] = [
  [[4, 4], [8, 8]],
  [[3, 4], [7, 5]],
  [[5, 6], [3, 11]],
  [[4, 3], [1, 3]],
  [[1, 5], [4, 1]],
]; // prettier-ignore

/** Bilinear resizing and its gradient, for each rule of TF.js for the positions of pixels. */
const resizeCases = ([from, to]: (typeof RESIZES)[number]): OpCase[] =>
  [
    { name: 'by corners of pixels', alignCorners: false, halfPixelCenters: false },
    { name: 'with aligned corners', alignCorners: true, halfPixelCenters: false },
    { name: 'by centres of pixels', alignCorners: false, halfPixelCenters: true },
  ].map(({ name, alignCorners, halfPixelCenters }) => ({
    name: `ResizeBilinear ${from.join('x')} to ${to.join('x')} ${name}, and its gradient`,
    covers: ['ResizeBilinear'],
    inputs: { x: f32([2, ...from, 3]), dy: f32([2, ...to, 3]) },
    step: ({ x, dy }) => {
      const resize = (v: Tensor): Tensor =>
        tf.image.resizeBilinear(asImage(v) as Tensor4D, to, alignCorners, halfPixelCenters);
      return [resize(x!), tf.grad(resize)(x!, asImage(dy!))];
    },
  }));

const spatialCases: readonly OpCase[] = [
  ...poolCases,
  {
    name: 'FusedBatchNorm',
    covers: ['FusedBatchNorm'],
    inputs: {
      x: f32([2, 3, 4, 5]),
      mean: f32([5]),
      variance: f32([5], [0.1, 3]),
      offset: f32([5]),
      scale: f32([5]),
    },
    step: ({ x, mean, variance, offset, scale }) => [
      tf.batchNorm4d(x as Tensor4D, mean as never, variance as never, offset as never, scale as never, 1e-5),
      tf.batchNorm4d(x as Tensor4D, mean as never, variance as never, undefined, scale as never),
      tf.batchNorm4d(x as Tensor4D, mean as never, variance as never, offset as never),
      tf.batchNorm4d(x as Tensor4D, mean as never, variance as never),
    ],
  },
  {
    name: 'FusedBatchNorm of a matrix, and its gradients',
    covers: ['FusedBatchNorm'],
    inputs: {
      x: f32([6, 5]),
      mean: f32([5]),
      variance: f32([5], [0.1, 3]),
      offset: f32([5]),
      scale: f32([5]),
    },
    step: ({ x, mean, variance, offset, scale }) =>
      tf.grads((...[a, b, c, d, e]: Tensor[]) =>
        tf.square(tf.batchNorm(a!, b as never, c as never, d as never, e as never)),
      )([x!, mean!, variance!, offset!, scale!]),
    tolerance: 1e-4,
  },
  ...RESIZES.flatMap(resizeCases),
  {
    name: 'ResizeBilinear of whole numbers',
    covers: ['ResizeBilinear'],
    inputs: { x: i32([2, 3, 4, 2]) },
    step: ({ x }) => tf.image.resizeBilinear(x as Tensor4D, [5, 4]),
  },
  {
    name: 'ResizeNearestNeighbor and its gradient',
    covers: ['ResizeNearestNeighbor', 'ResizeNearestNeighborGrad'],
    inputs: { x: f32([2, 3, 4, 2]) },
    step: ({ x }) => {
      const up = (v: Tensor): Tensor => tf.image.resizeNearestNeighbor(v as Tensor4D, [6, 12]);
      return [up(x!), tf.grad((v) => tf.square(up(asImage(v))))(x!)];
    },
  },
];

export const imageCases: readonly OpCase[] = [
  ...CONVOLUTIONS.map(forward),
  ...DILATED.map(forward),
  ...CONVOLUTIONS.map(backprop),
  ...CONVOLUTIONS.filter((c) => !Array.isArray(c.pad)).map(transposed),
  ...(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const).map(fusedConvolution),
  ...linearCases,
  ...spatialCases,
];
