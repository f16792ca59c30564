import type { Type } from '../../graph/builder.ts';
import { axesOf, ints, type KernelRule } from '../kernel-rule.ts';

const reduced = (x: Type, axes: readonly number[], keepDims: boolean): number[] =>
  x.shape.flatMap((n, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [n]));

const REDUCTIONS = ['All', 'Any', 'Max', 'Mean', 'Min', 'Prod', 'Sum', 'SumSquare'] as const;

/** Kernels that fold axes away. `SumSquare` is ours: a peephole makes it of Sum(Square(x)). */
export const reduction: readonly KernelRule[] = [
  ...REDUCTIONS.map((kernel): KernelRule => ({
    kernel,
    inputs: ['x'],
    canonical: (attrs, [x]) => ({
      axes: axesOf(attrs['axis'], x!.shape.length),
      keepDims: Boolean(attrs['keepDims']),
    }),
    infer: ([x], attributes) => {
      const sums = kernel === 'Sum' || kernel === 'Prod';
      return [
        {
          shape: reduced(x!, ints(attributes, 'axes'), attributes['keepDims'] === true),
          dtype: sums && x!.dtype === 'bool' ? 'int32' : x!.dtype,
        },
      ];
    },
  })),
  {
    kernel: 'Softmax',
    inputs: ['logits'],
    canonical: (attrs, [x]) => ({ axis: axesOf(attrs['dim'] ?? -1, x!.shape.length)[0] }),
    infer: ([x]) => [x!],
  },
  {
    kernel: 'LogSoftmax',
    inputs: ['logits'],
    canonical: (attrs, [x]) => ({ axis: axesOf(attrs['axis'] ?? -1, x!.shape.length)[0] }),
    infer: ([x]) => [x!],
  },
];
