import type { DType } from '../../engine.ts';
import { EngineError } from '../../engine-error.ts';
import type { Attributes, Node, Value } from '../graph.ts';

/** Attribute of an ONNX node; numbers are integers unless marked as `float`. */
export type OnnxAttribute =
  number | string | readonly number[] | { readonly float: number } | { readonly dtype: DType };

type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

/** What a lowering needs of the ONNX graph being written. Operands are ONNX names; `''` omits an optional one. */
export interface OnnxWriter {
  /** Type of a value of the graph. */
  type(id: number): Value;
  /** ONNX name of a value of the graph. */
  name(id: number): string;
  /** A list of integers as an operand: axes, shapes, pads. */
  int64(list: readonly number[]): string;
  /** A scalar operand, float32 by default. */
  scalar(value: number, type?: DType): string;
  /** A float32 vector operand of equal elements. */
  filled(length: number, value: number): string;
  /** Emits an intermediate node and returns the name of its output. */
  emit(op: string, inputs: readonly string[], attributes?: OnnxAttributes): string;
  /** Emits the node whose output is the output of `node`. */
  result(
    node: Node,
    emitted: { op: string; inputs: readonly string[]; attributes?: OnnxAttributes | undefined },
  ): void;
}

/**
 * Writes a node in ONNX operators; the last one gives its output. Images are NCHW. (A method's type, so that a lowering
 * of nodes with certain attributes is a lowering of nodes.)
 */
export type OnnxLowering<A extends Attributes = Attributes> = {
  lower(node: Node<A>, w: OnnxWriter): void;
}['lower'];

/** ONNX names of a node's operands. */
export const operands = (node: Node, w: OnnxWriter): string[] => node.inputs.map((id) => w.name(id));

/** An operand in another type. */
export const cast = (w: OnnxWriter, name: string, dtype: DType): string =>
  w.emit('Cast', [name], { to: { dtype } });

/** Refuses a combination that TF.js allows and the lowering does not. @throws EngineError */
export function refuse(node: Node, what: string): never {
  throw new EngineError(`${node.kernel} ${what} cannot be compiled`, {
    cure: 'use other TF.js operations, or run with engine: wasm or cpu',
  });
}
