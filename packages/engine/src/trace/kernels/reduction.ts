import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import type { Attributes, Value } from '../../graph/graph.ts';
import type { Type } from '../../graph/builder.ts';
import { axesOf, ints, type KernelMacro, type KernelRule } from '../kernel-rule.ts';

const reduced = (x: Type, axes: readonly number[], keepDims: boolean): number[] =>
  x.shape.flatMap((n, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [n]));

const REDUCTIONS = ['All', 'Any', 'Max', 'Mean', 'Min', 'Prod', 'Sum', 'SumSquare'] as const;

/** TF.js calls the axes of Max `reductionIndices`, and those of the others `axis`. */
const canonical = (attrs: NamedAttrMap, [x]: readonly Value[]): Attributes => ({
  axes: axesOf(attrs['axis'] ?? attrs['reductionIndices'], x!.shape.length),
  keepDims: Boolean(attrs['keepDims']),
});

/** Kernels that fold axes away. `SumSquare` is ours: a peephole makes it of Sum(Square(x)). */
export const reduction: readonly KernelRule[] = [
  ...REDUCTIONS.map((kernel): KernelRule => ({
    kernel,
    inputs: ['x'],
    canonical,
    infer: ([x], attributes) => {
      const shape = reduced(x!, ints(attributes, 'axes'), attributes['keepDims'] === true);
      return [{ shape, dtype: x!.dtype }];
    },
  })),
  {
    kernel: 'Softmax',
    inputs: ['logits'],
    canonical: (attrs, [x]) => ({ axis: axesOf(attrs['dim'] ?? -1, x!.shape.length)[0] }),
    infer: ([x]) => [x!],
  },
];

export const reductionMacros: readonly KernelMacro[] = [
  {
    // The mean of whole numbers is a float.
    kernel: 'Mean',
    expand: ({ emit, inputs, attrs }) => {
      const x = inputs['x']!;
      const floats = x.dtype === 'float32' ? x : emit('Cast', [x], { dtype: 'float32' });
      return emit('Mean', [floats], canonical(attrs, [x]));
    },
  },
];
