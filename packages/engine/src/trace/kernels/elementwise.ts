import { backend_util } from '@tensorflow/tfjs-core';
import type { DType } from '../../engine.ts';
import type { Type } from '../../graph/builder.ts';
import type { KernelRule } from '../kernel-rule.ts';

const UNARY = [
  'Abs', 'Ceil', 'Cos', 'Elu', 'Erf', 'Exp', 'Expm1', 'Floor', 'Log', 'Log1p', 'Neg', 'Reciprocal', 'Relu', 'Relu6',
  'Round', 'Rsqrt', 'Sigmoid', 'Sign', 'Sin', 'Softplus', 'Sqrt', 'Square', 'Tanh',
] as const; // prettier-ignore

const BINARY = [
  'Add', 'Maximum', 'Minimum', 'Mod', 'Multiply', 'Pow', 'RealDiv', 'SquaredDifference', 'Sub',
] as const; // prettier-ignore

const COMPARE = [
  'Equal', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr', 'NotEqual',
] as const; // prettier-ignore

const broadcast = (a: readonly number[], b: readonly number[]): number[] =>
  backend_util.assertAndGetBroadcastShape([...a], [...b]);

const same = ([x]: readonly Type[]): Type[] => [x!];

const unary: KernelRule[] = UNARY.map((kernel) => ({ kernel, inputs: ['x'], infer: same }));

const binary: KernelRule[] = BINARY.map((kernel) => ({
  kernel,
  inputs: ['a', 'b'],
  infer: ([a, b]) => [{ shape: broadcast(a!.shape, b!.shape), dtype: a!.dtype }],
}));

const compare: KernelRule[] = COMPARE.map((kernel) => ({
  kernel,
  inputs: ['a', 'b'],
  infer: ([a, b]) => [{ shape: broadcast(a!.shape, b!.shape), dtype: 'bool' }],
}));

const withAttributes: KernelRule[] = [
  {
    kernel: 'FloorDiv',
    inputs: ['a', 'b'],
    infer: ([a, b]) => [{ shape: broadcast(a!.shape, b!.shape), dtype: 'int32' }],
  },
  {
    kernel: 'LeakyRelu',
    inputs: ['x'],
    canonical: (attrs) => ({ alpha: Number(attrs['alpha']) }),
    infer: same,
  },
  {
    kernel: 'Step',
    inputs: ['x'],
    canonical: (attrs) => ({ alpha: Number(attrs['alpha'] ?? 0) }),
    infer: same,
  },
  {
    kernel: 'ClipByValue',
    inputs: ['x'],
    canonical: (attrs) => ({ min: Number(attrs['clipValueMin']), max: Number(attrs['clipValueMax']) }),
    infer: same,
  },
  {
    kernel: 'Cast',
    inputs: ['x'],
    canonical: (attrs) => ({ dtype: attrs['dtype'] as string }),
    infer: ([x], attributes) => [{ shape: x!.shape, dtype: attributes['dtype'] as DType }],
  },
  { kernel: 'LogicalNot', inputs: ['x'], infer: ([x]) => [{ shape: x!.shape, dtype: 'bool' }] },
  { kernel: 'Prelu', inputs: ['x', 'alpha'], infer: ([x]) => [x!] },
  {
    kernel: 'Select',
    inputs: ['condition', 't', 'e'],
    infer: ([condition, t, e]) => [
      { shape: broadcast(broadcast(condition!.shape, t!.shape), e!.shape), dtype: t!.dtype },
    ],
  },
  { kernel: 'AddN', inputs: 'list', infer: same },
];

/** Kernels that work element by element, with broadcasting. */
export const elementwise: readonly KernelRule[] = [...unary, ...binary, ...compare, ...withAttributes];
