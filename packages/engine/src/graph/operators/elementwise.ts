import { backend_util } from '@tensorflow/tfjs-core';
import type { Type } from '../graph.ts';
import { elementwiseLayout } from './layout.ts';
import { sameType, type Operator } from './operator.ts';

/** The shape of the output of operands of shapes `a` and `b`. @throws Error when neither can be broadcast. */
export const broadcastShape = (a: readonly number[], b: readonly number[]): number[] =>
  backend_util.assertAndGetBroadcastShape([...a], [...b]);

/** A function of each element of one tensor, of the same type. */
export const unary = {
  elementwise: true,
  inputs: ['x'],
  infer: sameType,
  layout: elementwiseLayout,
} satisfies Partial<Operator>;

/** A function of the elements of two tensors, broadcast to each other, with the type of the first. */
export const binary = {
  elementwise: true,
  inputs: ['a', 'b'],
  infer: ([a, b]: readonly Type[]): Type => ({ shape: broadcastShape(a!.shape, b!.shape), dtype: a!.dtype }),
  layout: elementwiseLayout,
} satisfies Partial<Operator>;

/** As `binary`, with a boolean output. */
export const predicate = {
  ...binary,
  infer: ([a, b]: readonly Type[]): Type => ({ shape: broadcastShape(a!.shape, b!.shape), dtype: 'bool' }),
} satisfies Partial<Operator>;
