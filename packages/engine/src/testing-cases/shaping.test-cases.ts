import { tf } from '../tf.ts';
import { asImage, bool, f32, i32, type OpCase } from './op-case.testing.ts';

const IMAGE = [2, 3, 4, 5];

export const shapingCases: readonly OpCase[] = [
  {
    name: 'Reshape',
    covers: ['Reshape'],
    inputs: { x: f32(IMAGE) },
    step: ({ x }) => [tf.reshape(asImage(x!), [6, -1]), tf.reshape(asImage(x!), [2, 3, 20])],
  },
  {
    name: 'Reshape from a vector to an image',
    covers: ['Reshape'],
    inputs: { x: f32([2, 60]) },
    step: ({ x }) => asImage(tf.reshape(x!, IMAGE)),
  },
  {
    name: 'Reshape where only axes of length 1 have moved',
    covers: ['Reshape'],
    inputs: { x: f32([2, 1, 1, 5]) },
    step: ({ x }) => tf.reshape(asImage(x!), [2, 5]),
  },
  {
    name: 'Transpose',
    covers: ['Transpose'],
    inputs: { x: f32(IMAGE), y: f32([2, 3, 4]) },
    step: ({ x, y }) => [
      tf.transpose(asImage(x!), [3, 0, 2, 1]),
      tf.square(tf.transpose(asImage(x!), [0, 3, 1, 2])),
      tf.transpose(y!, [2, 0, 1]),
      tf.square(tf.transpose(y!)),
    ],
  },
  {
    name: 'Tile',
    covers: ['Tile'],
    inputs: { x: f32(IMAGE), y: i32([2, 3]), b: bool([2]) },
    step: ({ x, y, b }) => [
      tf.tile(asImage(x!), [1, 2, 3, 1]),
      tf.tile(y!, [2, 3]),
      tf.tile(b!, [3]),
      tf.tile(x!, [1, 1, 1, 1]),
    ],
  },
  {
    name: 'BroadcastTo by a product with ones',
    covers: ['BroadcastTo'],
    inputs: { x: f32([3, 1]), image: f32([2, 1, 1, 5]), c: f32([5]) },
    step: ({ x, image, c }) => [
      tf.mul(x!, tf.ones([2, 3, 4])),
      tf.mul(asImage(image!), tf.ones(IMAGE)),
      tf.mul(c!, tf.ones(IMAGE)),
    ],
  },
  {
    name: 'Slice',
    covers: ['Slice'],
    inputs: { x: f32(IMAGE), y: i32([5, 3]), b: bool([4]) },
    step: ({ x, y, b }) => [
      tf.slice(asImage(x!), [0, 1, 0, 2], [2, 1, 4, 2]),
      tf.slice(y!, [1, 0], [-1, 2]),
      tf.slice(b!, 1, 2),
    ],
  },
  {
    name: 'Concat',
    covers: ['Concat'],
    inputs: { x: f32(IMAGE), z: f32([2, 3, 4, 2]), y: i32([2, 3]), b: bool([4]) },
    step: ({ x, z, y, b }) => [
      tf.concat([asImage(x!), z!], 3),
      tf.concat([asImage(x!), asImage(x!)], 0),
      tf.concat([asImage(x!), tf.ones([2, 3, 4, 1])], -1),
      tf.concat([y!, y!], 1),
      tf.concat([b!, b!]),
    ],
  },
  {
    name: 'PadV2',
    covers: ['PadV2'],
    inputs: { x: f32(IMAGE), y: i32([2, 3]) },
    step: ({ x, y }) => [
      tf.pad(
        asImage(x!),
        [
          [0, 0],
          [1, 2],
          [0, 3],
          [1, 0],
        ],
        0.5,
      ),
      tf.pad(
        y!,
        [
          [1, 0],
          [0, 2],
        ],
        7,
      ),
    ],
  },
  {
    name: 'PadV2 with infinities of either sign',
    covers: ['PadV2'],
    inputs: { x: f32([2]) },
    step: ({ x }) => [tf.pad(x!, [[1, 1]], Infinity), tf.pad(x!, [[1, 1]], -Infinity)],
  },
  {
    name: 'GatherV2',
    covers: ['GatherV2'],
    inputs: { x: f32(IMAGE), i: i32([3], [0, 4]), j: i32([2, 2], [0, 3]) },
    step: ({ x, i, j }) => [tf.gather(asImage(x!), i!, 2), tf.gather(x!, j!, 1)],
  },
  {
    name: 'ExpandDims',
    covers: ['ExpandDims'],
    inputs: { x: f32([2, 3]) },
    step: ({ x }) => [tf.expandDims(x!, 0), tf.expandDims(x!, 1), tf.expandDims(x!, -1)],
  },
  {
    name: 'Pack',
    covers: ['Pack'],
    inputs: { x: f32([2, 3]), y: f32([2, 3]) },
    step: ({ x, y }) => [tf.stack([x!, y!]), tf.stack([x!, y!], -1)],
  },
  {
    name: 'Unpack',
    covers: ['Unpack'],
    inputs: { x: f32([2, 3, 4]) },
    step: ({ x }) => [...tf.unstack(x!, 1), ...tf.unstack(x!, -1)],
  },
  {
    name: 'SplitV',
    covers: ['SplitV'],
    inputs: { x: f32(IMAGE) },
    step: ({ x }) => [...tf.split(asImage(x!), [1, 3], 2), ...tf.split(asImage(x!), 2, 0)],
  },
  {
    name: 'Fill',
    covers: ['Fill'],
    inputs: { x: f32([2, 3]), i: i32([3]) },
    step: ({ x, i }) => [tf.add(x!, tf.fill([2, 3], 4.5)), tf.add(i!, tf.fill([3], 2, 'int32')), tf.fill([2, 2], -1)],
  },
  {
    name: 'ZerosLike and OnesLike',
    covers: ['ZerosLike', 'OnesLike'],
    inputs: { x: f32([2, 3]), i: i32([3]), b: bool([2]) },
    step: ({ x, i, b }) => [
      tf.zerosLike(x!),
      tf.onesLike(x!),
      tf.zerosLike(i!),
      tf.onesLike(i!),
      tf.zerosLike(b!),
    ],
  },
]; // prettier-ignore

const REDUCTIONS = { Max: tf.max, Mean: tf.mean, Min: tf.min, Prod: tf.prod, Sum: tf.sum } as const;
const LOGICAL = { All: tf.all, Any: tf.any } as const;

export const reductionCases: readonly OpCase[] = [
  ...Object.entries(REDUCTIONS).flatMap(([kernel, f]): OpCase[] => [
    {
      name: kernel,
      covers: [kernel],
      inputs: { x: f32([3, 4, 5]), s: f32([]), one: f32([1, 3]) },
      step: ({ x, s, one }) => [
        f(x!),
        f(x!, 1),
        f(x!, [0, -1], true),
        f(s!),
        f(one!, 0),
        f(one!, [0], true),
        f(x!, []),
      ],
    },
    {
      name: `${kernel} of an image`,
      covers: [kernel],
      inputs: { x: f32(IMAGE) },
      step: ({ x }) => [
        f(asImage(x!), [0, 1, 2]),
        f(asImage(x!), [1, 2], true),
        f(asImage(x!), 3),
        f(asImage(x!), [0, 2]),
        f(asImage(x!)),
      ],
    },
    {
      name: `${kernel} of int32`,
      covers: [kernel],
      inputs: { x: i32([3, 4]), one: i32([1, 3]) },
      step: ({ x, one }) => [f(x!, 1), f(x!), f(one!, 0), f(one!, 0, true)],
    },
  ]),
  ...Object.entries(LOGICAL).map(([kernel, f]): OpCase => ({
    name: kernel,
    covers: [kernel],
    inputs: { x: bool([3, 4]), image: bool(IMAGE), one: bool([1, 3]) },
    step: ({ x, image, one }) => [f(x!), f(x!, 1), f(x!, 0, true), f(image!, [1, 2]), f(one!, 0)],
  })),
  {
    name: 'Sum of bool',
    covers: ['Sum'],
    inputs: { x: bool([3, 4]) },
    step: ({ x }) => [tf.sum(x!, 1), tf.mean(x!)],
  },
  {
    name: 'SumSquare by a peephole',
    covers: ['SumSquare'],
    inputs: { x: f32([3, 4]), image: f32(IMAGE), i: i32([2, 3]) },
    step: ({ x, image, i }) => [
      tf.sum(tf.square(x!), 1),
      tf.sum(tf.mul(x!, x!)),
      tf.sum(tf.square(asImage(image!)), [0, 1, 2]),
      tf.sum(tf.square(i!), 0, true),
    ],
  },
  {
    name: 'Softmax',
    covers: ['Softmax'],
    inputs: { x: f32([3, 4]), image: f32(IMAGE) },
    step: ({ x, image }) => [
      tf.softmax(x!),
      tf.logSoftmax(x!),
      tf.softmax(asImage(image!)),
      tf.logSoftmax(asImage(image!)),
    ],
  },
];
