import type { DType } from '../../engine.ts';
import { EngineError } from '../../engine-error.ts';
import type { Attributes, Node, Value } from '../graph.ts';

/** Attribute of a TensorFlow node, as protocol buffers are written in JSON. */
export type TensorFlowAttribute =
  | { readonly type: string }
  | { readonly b: boolean }
  | { readonly f: number }
  | { readonly i: string }
  | { readonly s: string }
  | { readonly list: { readonly i: readonly string[] } }
  | { readonly tensor: { readonly dtype: string; readonly tensorShape: object } }
  | { readonly shape: object };

/** An operator of TensorFlow, with the names of its operands. */
export interface TensorFlowOperation {
  readonly op: string;
  readonly input: readonly string[];
  readonly attr?: Readonly<Record<string, TensorFlowAttribute>> | undefined;
}

/** What a lowering needs of the TensorFlow graph being written. */
export interface TensorFlowWriter {
  /** Type of a value of the graph. */
  type(id: number): Value;
  /** TensorFlow name of a value of the graph. */
  name(id: number): string;
  /** A list of integers as an operand; one-dimensional by default. */
  list(values: readonly number[], shape?: readonly number[]): string;
  /** A float32 scalar as an operand. */
  scalar(value: number): string;
}

/** How a node is written for TensorFlow.js: images NHWC, filters HWIO. (A method's type, as `OnnxLowering` is.) */
export type TensorFlowLowering<A extends Attributes = Attributes> = {
  lower(node: Node<A>, w: TensorFlowWriter): TensorFlowOperation;
}['lower'];

/** Element types by TensorFlow's names. */
export const TENSORFLOW_TYPE: Readonly<Record<DType, string>> = {
  float32: 'DT_FLOAT',
  int32: 'DT_INT32',
  bool: 'DT_BOOL',
};

/** Attributes in the JSON of protocol buffers: 64-bit integers are strings, bytes are base64. */
export const attribute = {
  int: (i: number): TensorFlowAttribute => ({ i: String(i) }),
  ints: (list: readonly number[]): TensorFlowAttribute => ({ list: { i: list.map(String) } }),
  float: (f: number): TensorFlowAttribute => ({ f }),
  bool: (b: boolean): TensorFlowAttribute => ({ b }),
  text: (text: string): TensorFlowAttribute => ({ s: Buffer.from(text).toString('base64') }),
  type: (dtype: DType): TensorFlowAttribute => ({ type: TENSORFLOW_TYPE[dtype] }),
};

/** TensorFlow names of a node's operands. */
export const inputs = (node: Node, w: TensorFlowWriter): string[] => node.inputs.map((id) => w.name(id));

/** Height and width of an NHWC shape. */
export const heightAndWidth = (shape: readonly number[]): readonly number[] => shape.slice(1, 3);

/** Attributes of an operator that slides a window over images. */
export type WindowAttributes = {
  /** [vertical, horizontal] */
  readonly strides: readonly number[];
  /** [top, left, bottom, right] */
  readonly pads: readonly number[];
};

/** TensorFlow's padding of an operator that reads images of `size` with windows of `kernel` and gives images of `out`. */
export function padding(
  { strides, pads }: WindowAttributes,
  { size, out, kernel }: Readonly<Record<'size' | 'out' | 'kernel', readonly number[]>>,
): Record<string, TensorFlowAttribute> {
  if (pads.every((n) => n === 0)) return { padding: attribute.text('VALID') };
  const isSame = [0, 1].every((i) => {
    const total = Math.max(0, (out[i]! - 1) * strides[i]! + kernel[i]! - size[i]!);
    const before = Math.floor(total / 2);
    const tight = out[i] === Math.ceil(size[i]! / strides[i]!);
    return tight && pads[i] === before && pads[i + 2] === total - before;
  });
  if (isSame) return { padding: attribute.text('SAME') };
  const [top, left, bottom, right] = pads;
  return {
    padding: attribute.text('EXPLICIT'),
    explicit_paddings: attribute.ints([0, 0, top!, bottom!, left!, right!, 0, 0]),
  };
}

/** @throws EngineError: neither the file format nor TensorFlow.js's reader of it has the operator. */
export function refuseForTensorFlow(what: string): never {
  throw new EngineError(`${what} cannot be written for TensorFlow.js`, {
    cure: 'use other TF.js operations in the network, or export it as ONNX',
  });
}
