import { STORED_FILTER_PERM } from '../../stored-layout.ts';
import { sizeOf, type Attributes, type Node } from '../graph.ts';

/**
 * A permutation of axes: axis i of the stored tensor is axis `perm[i]` of the TF.js tensor.
 * Images are stored by [0, 3, 1, 2] (NCHW), filters and rank-4 state by [3, 2, 0, 1] (OIHW).
 */
export type Perm = readonly number[];

export const NCHW: Perm = [0, 3, 1, 2];
export const OIHW: Perm = STORED_FILTER_PERM;

/** A tensor of the graph being written, and the layout it is stored in. */
export interface Placed {
  readonly id: number;
  readonly perm: Perm;
}

/** What an operator's layout rule needs of the pass: it emits the node on stored tensors and places its output. */
export interface LayoutWriter {
  /** The TF.js shape of a value of the original graph. */
  shape(id: number): readonly number[];
  isConstant(id: number): boolean;
  /** How an original value is stored. A constant is not stored yet: it is written in the layout asked for. */
  placed(id: number): Placed;
  place(id: number, placed: Placed): void;
  /** The original value stored by `perm`; it is transposed, once, if it is stored otherwise. */
  in(id: number, perm: Perm): number;
  /** The original value as an operand that is broadcast to the rank of `perm`, stored by `perm`. */
  broadcast(id: number, perm: Perm): number;
  emit(kernel: string, inputs: readonly number[], attributes?: Attributes): number;
}

export const identity = (rank: number): Perm => [...Array(rank).keys()];
export const isIdentity = (perm: Perm): boolean => perm.every((axis, i) => axis === i);
export const permuted = (list: readonly number[], perm: Perm): number[] => perm.map((axis) => list[axis]!);

/** The layout of the largest operand that is not in TF.js's layout and has the rank of the output. */
export function leadingLayout(node: Node, w: LayoutWriter): Perm {
  const rank = w.shape(node.outputs[0]!).length;
  const candidates = node.inputs.filter((id) => !w.isConstant(id) && w.shape(id).length === rank);
  candidates.sort((a, b) => sizeOf(w.shape(b)) - sizeOf(w.shape(a)));
  for (const id of candidates) {
    const { perm } = w.placed(id);
    if (!isIdentity(perm)) return perm;
  }
  return identity(rank);
}

/** Operands and output share the layout of the largest operand. */
export function elementwiseLayout(node: Node, w: LayoutWriter): void {
  const perm = leadingLayout(node, w);
  const inputs = node.inputs.map((id) => w.broadcast(id, perm));
  w.place(node.outputs[0]!, { id: w.emit(node.kernel, inputs, node.attributes), perm });
}

/** Operands and output in TF.js's layout, whatever the transpositions cost: for operators that are rare on images. */
export function tfjsLayout(node: Node, w: LayoutWriter): void {
  const inputs = node.inputs.map((id) => w.in(id, identity(w.shape(id).length)));
  const perm = identity(w.shape(node.outputs[0]!).length);
  w.place(node.outputs[0]!, { id: w.emit(node.kernel, inputs, node.attributes), perm });
}

/**
 * An operator on NCHW images: `operands` has the layout of each operand, by default TF.js's, and `result` that of the
 * output. The attributes `layout` and `shape` (the output's shape), if there is one, are rewritten.
 */
export const imageLayout =
  (operands: readonly Perm[], result: Perm = NCHW) =>
  (node: Node<Attributes & { readonly shape?: readonly number[] }>, w: LayoutWriter): void => {
    const inputs = node.inputs.map((id, i) => w.in(id, operands[i] ?? identity(w.shape(id).length)));
    const { shape } = node.attributes;
    const attributes =
      shape === undefined ? node.attributes : { ...node.attributes, shape: permuted(shape, result) };
    const id = w.emit(node.kernel, inputs, { ...attributes, layout: 'NCHW' });
    w.place(node.outputs[0]!, { id, perm: result });
  };
