import type { DType } from '../engine.ts';
import type { Node } from '../graph/graph.ts';
import { ints } from './attributes.ts';
import type { Fold } from './program-format.ts';
import { Unsupported } from './unsupported.ts';

/** A tensor seen as [outer][rows][columns], of which the rows are folded away. */
export interface Reduction {
  readonly fold: Fold;
  readonly outer: number;
  readonly rows: number;
  readonly columns: number;
  readonly divisor: number;
  /** The order of axes in which the tensor can be seen so; undefined = as it is. */
  readonly perm: readonly number[] | undefined;
}

const FOLDS: Readonly<Record<string, Readonly<Partial<Record<DType, Fold>>>>> = {
  All: { bool: 'minimum' },
  Any: { bool: 'maximum' },
  Max: { float32: 'maximum', int32: 'i_maximum', bool: 'maximum' },
  Mean: { float32: 'sum' },
  Min: { float32: 'minimum', int32: 'i_minimum', bool: 'minimum' },
  Prod: { float32: 'product', int32: 'i_product' },
  Sum: { float32: 'sum', int32: 'i_sum' },
};

export const isReduction = (node: Node): boolean => node.kernel in FOLDS;

const product = (numbers: readonly number[]): number => numbers.reduce((all, n) => all * n, 1);

/** How a node with `isReduction` folds a tensor of `shape`. */
export function reductionOf(node: Node, shape: readonly number[], dtype: DType): Reduction {
  const fold = FOLDS[node.kernel]![dtype];
  if (!fold) throw new Unsupported(`${node.kernel} of ${dtype}`);
  const folded = ints(node.attributes, 'axes').filter((axis) => shape[axis] !== 1);
  const isFolded = (axis: number): boolean => folded.includes(axis);
  const axes = shape.map((_n, axis) => axis);
  const [first, last] = [folded[0] ?? shape.length, folded.at(-1) ?? shape.length - 1];
  const between = axes.slice(first, last + 1);
  const isRun = between.every((axis) => isFolded(axis) || shape[axis] === 1);
  const rows = product(folded.map((axis) => shape[axis]!));
  const divisor = node.kernel === 'Mean' ? rows : 1;
  const kept = axes.slice(0, last + 1).filter((axis) => !isFolded(axis));
  const columns = product(shape.slice(last + 1));
  const outer = product(kept.map((axis) => shape[axis]!));
  const perm = isRun ? undefined : [...kept, ...folded, ...axes.slice(last + 1)];
  return { fold, outer, rows, columns, divisor, perm };
}
