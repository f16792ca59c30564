import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../tf.ts';
import { asImage, bool, f32, i32, type OpCase, type RandomInput } from './op-case.testing.ts';

type Range = readonly [number, number];
type Unary = (x: Tensor) => Tensor;
type Binary = (a: Tensor, b: Tensor) => Tensor;

const UNARY: Readonly<Record<string, readonly [Unary, Range?]>> = {
  Abs: [tf.abs],
  Ceil: [tf.ceil],
  ClipByValue: [(x) => tf.clipByValue(x, -0.5, 0.75)],
  Cos: [tf.cos],
  Elu: [tf.elu],
  Erf: [tf.erf],
  Exp: [tf.exp],
  Expm1: [tf.expm1, [-0.01, 0.01]],
  Floor: [tf.floor],
  LeakyRelu: [(x) => tf.leakyRelu(x, 0.1)],
  Log: [tf.log, [0.1, 5]],
  Log1p: [tf.log1p, [-0.001, 0.001]],
  Neg: [tf.neg],
  Reciprocal: [tf.reciprocal, [0.5, 2]],
  Relu: [tf.relu],
  Relu6: [tf.relu6, [-3, 9]],
  Round: [(x) => tf.round(tf.mul(tf.floor(tf.mul(x, 4)), 0.5))],
  Rsqrt: [tf.rsqrt, [0.1, 5]],
  Sigmoid: [tf.sigmoid],
  Sign: [tf.sign],
  Sin: [tf.sin],
  Softplus: [tf.softplus, [-30, 30]],
  Sqrt: [tf.sqrt, [0, 5]],
  Square: [tf.square],
  Step: [(x) => tf.step(x, 0.25)],
  Tanh: [tf.tanh],
};

const WIDE: Readonly<Record<string, readonly [Unary, Range]>> = {
  Expm1: [tf.expm1, [-20, 5]],
  Log1p: [tf.log1p, [-0.99, 1000]],
  Softplus: [tf.softplus, [-0.01, 0.01]],
  Step: [(x) => tf.step(x), [-1, 1]],
};

const INT_UNARY: Readonly<Record<string, Unary>> = {
  Abs: tf.abs,
  ClipByValue: (x) => tf.clipByValue(x, -2, 3),
  Neg: tf.neg,
  Relu: tf.relu,
  Sign: tf.sign,
  Square: tf.square,
  Step: (x) => tf.step(x),
};

/** Kernels of two operands, with the range of the second. */
const BINARY: Readonly<Record<string, readonly [Binary, Range?]>> = {
  Add: [tf.add],
  Equal: [(a, b) => tf.equal(tf.round(a), tf.round(b))],
  FloorDiv: [tf.floorDiv, [0.4, 2]],
  Greater: [tf.greater],
  GreaterEqual: [(a, b) => tf.greaterEqual(tf.round(a), tf.round(b))],
  Less: [tf.less],
  LessEqual: [(a, b) => tf.lessEqual(tf.round(a), tf.round(b))],
  Maximum: [tf.maximum],
  Minimum: [tf.minimum],
  Mod: [tf.mod, [0.4, 2]],
  Multiply: [tf.mul],
  NotEqual: [(a, b) => tf.notEqual(tf.round(a), tf.round(b))],
  Pow: [(a, b) => tf.pow(tf.abs(a), b)],
  RealDiv: [tf.div, [0.5, 2]],
  SquaredDifference: [tf.squaredDifference],
  Sub: [tf.sub],
};

const INT_BINARY: Readonly<Record<string, readonly [Binary, Range?]>> = {
  Add: [tf.add],
  Equal: [tf.equal],
  FloorDiv: [tf.div, [1, 4]],
  Greater: [tf.greater],
  GreaterEqual: [tf.greaterEqual],
  Less: [tf.less],
  LessEqual: [tf.lessEqual],
  Maximum: [tf.maximum],
  Minimum: [tf.minimum],
  Mod: [tf.mod, [-4, -1]],
  Multiply: [tf.mul],
  NotEqual: [tf.notEqual],
  Pow: [tf.pow, [0, 4]],
  SquaredDifference: [tf.squaredDifference],
  Sub: [tf.sub],
};

const BOOL_BINARY: Readonly<Record<string, Binary>> = {
  Equal: tf.equal,
  Greater: tf.greater,
  LessEqual: tf.lessEqual,
  LogicalAnd: tf.logicalAnd,
  LogicalOr: tf.logicalOr,
  Maximum: tf.maximum,
  NotEqual: tf.notEqual,
};

const IMAGE = [2, 3, 4, 5];

function unary(kernel: string, [f, range]: readonly [Unary, Range?]): OpCase[] {
  return [
    { name: kernel, covers: [kernel], inputs: { x: f32([3, 5], range) }, step: ({ x }) => f(x!) },
    {
      name: `${kernel} of an image`,
      covers: [kernel],
      inputs: { x: f32(IMAGE, range) },
      step: ({ x }) => f(asImage(x!)),
    },
  ];
}

/** Operand shapes; `image` marks the ones held as NCHW. */
const PAIRS: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ['of one shape', [3, 4], [3, 4]],
  ['with both broadcast', [3, 1], [2, 1, 4]],
  ['with a scalar', [], [2, 3]],
  ['of an image and a vector', IMAGE, [5]],
  ['of an image and [h, w, 1]', IMAGE, [3, 4, 1]],
  ['of an image and [n, 1, 1, c]', IMAGE, [2, 1, 1, 5]],
  ['of images', IMAGE, IMAGE],
  ['of a vector and an image', [5], IMAGE],
];

function binary(kernel: string, [f, range]: readonly [Binary, Range?]): OpCase[] {
  const image = (x: Tensor): Tensor => (x.rank === 4 && x.shape[1] !== 1 ? asImage(x) : x);
  return PAIRS.map(([name, a, b]) => ({
    name: `${kernel} ${name}`,
    covers: [kernel],
    inputs: { a: f32(a), b: f32(b, range) },
    step: (x) => f(image(x['a']!), image(x['b']!)),
  }));
}

/** One case per kernel, of two operands that are not floats. */
const twoOf = (kernel: string, f: Binary, inputs: { a: RandomInput; b: RandomInput }): OpCase => ({
  name: `${kernel} of ${inputs.a.dtype}`,
  covers: [kernel],
  inputs,
  step: ({ a, b }) => f(a!, b!),
});

const entries = Object.entries;

const SPECIAL: readonly OpCase[] = [
  {
    name: 'AddN',
    covers: ['AddN'],
    inputs: { a: f32(IMAGE), b: f32(IMAGE), c: f32(IMAGE) },
    step: ({ a, b, c }) => tf.addN([asImage(a!), b!, c!]),
  },
  {
    name: 'Prelu with one slope a channel',
    covers: ['Prelu'],
    inputs: { x: f32(IMAGE), alpha: f32([5]) },
    step: ({ x, alpha }) => tf.prelu(asImage(x!), alpha!),
  },
  {
    name: 'Prelu and its gradient',
    covers: ['Prelu'],
    inputs: { x: f32([2, 3]), alpha: f32([3]) },
    step: ({ x, alpha }) => tf.grads((v, a) => tf.prelu(v, a))([x!, alpha!]),
  },
  {
    name: 'Select of images by a mask',
    covers: ['Select'],
    inputs: { c: bool([2, 3, 4, 1]), a: f32(IMAGE), b: f32(IMAGE) },
    step: ({ c, a, b }) => tf.where(c!, asImage(a!), b!),
  },
  {
    name: 'Select of int32 and of bool',
    covers: ['Select'],
    inputs: { c: bool([4]), a: i32([4]), b: i32([4]) },
    step: ({ c, a, b }) => [tf.where(c!, a!, b!), tf.where(c!, tf.cast(a!, 'bool'), tf.cast(b!, 'bool'))],
  },
  {
    name: 'LogicalNot',
    covers: ['LogicalNot'],
    inputs: { a: bool(IMAGE) },
    step: ({ a }) => tf.logicalNot(a!),
  },
  {
    name: 'Cast between all types',
    covers: ['Cast'],
    inputs: { f: f32([9]), i: i32([9]), b: bool([9]) },
    step: ({ f, i, b }) => [
      tf.cast(f!, 'int32'),
      tf.cast(tf.round(f!), 'bool'),
      tf.cast(i!, 'float32'),
      tf.cast(i!, 'bool'),
      tf.cast(b!, 'float32'),
      tf.cast(b!, 'int32'),
    ],
  },
  {
    name: 'infinities',
    covers: ['ClipByValue', 'Multiply'],
    inputs: { x: f32([6]) },
    step: ({ x }) => [
      tf.clipByValue(x!, -Infinity, 0),
      tf.clipByValue(x!, 0, Infinity),
      tf.exp(tf.mul(x!, 1000)),
      tf.log(tf.relu(x!)),
      tf.log1p(tf.exp(tf.mul(x!, 1000))),
      tf.expm1(tf.mul(x!, 1000)),
    ],
  },
  {
    name: 'a transposed matrix and a dense constant',
    covers: ['Add', 'Transpose'],
    inputs: { x: f32([2, 3]) },
    step: ({ x }) =>
      tf.add(
        tf.transpose(x!),
        tf.tensor2d([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
      ),
  },
];

export const elementwiseCases: readonly OpCase[] = [
  ...entries(UNARY).flatMap(([kernel, spec]) => unary(kernel, spec)),
  ...entries(WIDE).map(([kernel, [f, range]]) => ({
    ...unary(kernel, [f, range])[0]!,
    name: `${kernel} elsewhere`,
  })),
  ...entries(INT_UNARY).map(([kernel, f]) => ({
    name: `${kernel} of int32`,
    covers: [kernel],
    inputs: { x: i32([11]) },
    step: (inputs: Readonly<Record<string, Tensor>>) => f(inputs['x']!),
  })),
  ...entries(BINARY).flatMap(([kernel, spec]) => binary(kernel, spec)),
  ...entries(INT_BINARY).map(([kernel, [f, range]]) =>
    twoOf(kernel, f, { a: i32([3, 4]), b: i32([4], range) }),
  ),
  ...entries(BOOL_BINARY).map(([kernel, f]) => twoOf(kernel, f, { a: bool(IMAGE), b: bool([5]) })),
  ...SPECIAL,
];
