import { util, type NamedAttrMap } from '@tensorflow/tfjs-core';
import type { Attributes, Node, Type, Value } from '../graph.ts';
import type { LayoutWriter } from './layout.ts';
import type { OnnxLowering } from './onnx.ts';
import type { TensorFlowLowering } from './tensorflow.ts';

/**
 * All that the engine knows about one operator of the graph; `A` is the type of its attributes. An operator has the name
 * of the TF.js kernel that it stands for.
 */
export interface Operator<A extends Attributes = Attributes> {
  /** TF.js's names of the operands, in the order of the node's inputs; `list` for any number of operands. */
  readonly inputs: readonly string[] | 'list';
  /**
   * Each element of the output is computed from the operands' elements at the same place, after broadcasting. Such
   * operators may be computed in any layout, and several of them in one loop.
   */
  readonly elementwise?: boolean;
  /** The attributes in canonical form, from TF.js's: padding as numbers, axes not negative. Default: no attributes. */
  canonical?(attrs: NamedAttrMap, inputs: readonly Value[]): A;
  /** Type of the output, of which every operator has one. Must hold for nodes before and after the layout pass. */
  infer(inputs: readonly Type[], attributes: A): Type;
  /** How the layout pass writes a node: `elementwiseLayout`, `imageLayout`, `tfjsLayout` or a rule of its own. */
  layout(node: Node<A>, w: LayoutWriter): void;
  /** How the operator is written in ONNX: the ONNX operator with the same operands, or a function that emits nodes. */
  readonly onnx: string | OnnxLowering<A>;
  /** The same for TensorFlow.js model files; undefined when networks do not call the operator or the format lacks it. */
  readonly tensorflow?: string | TensorFlowLowering<A>;
  /**
   * What `delay-broadcasts` may do to an operand that is the output of `BroadcastTo`: `drop` takes the operand before it
   * was broadcast, when the other one has the full shape; `delay` also moves the broadcast behind the operator. Default:
   * nothing.
   */
  readonly broadcasts?: 'drop' | 'delay';
  /** Constants that leave the other operand unchanged, as the left or the right operand: x + 0, x · 1. */
  readonly neutral?: { readonly left?: number; readonly right: number };
  /** True when the output has the elements of the first operand, of type `x`, in the same order. */
  keepsElements?(x: Type, attributes: A): boolean;
  /**
   * Multiplications that are each followed by an addition, given the shapes of the operands and of the output; images
   * NCHW. Default: 0.
   */
  multiplyAdds?(shapes: Shapes, attributes: A): number;
}

/** Shapes of a node's operands and of its output. */
interface Shapes {
  readonly inputs: readonly (readonly number[])[];
  readonly output: readonly number[];
}

/** The record of an operator whose attributes have the type `A`. */
export const operator = <A extends Attributes>(record: Operator<A>): Operator<A> => record;

/** An output of the type of the first operand. */
export const sameType = ([x]: readonly Type[]): Type => x!;

/** Axes in ascending order, none negative; all axes when `axis` is missing. */
export function axesOf(axis: unknown, rank: number): number[] {
  const given = (axis ?? undefined) as number | number[];
  return util.parseAxisParam(given, Array<number>(rank).fill(1)).sort((a, b) => a - b);
}
