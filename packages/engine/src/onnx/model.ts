import type { OnnxAttribute as OperatorAttribute } from '../graph/operators/onnx.ts';
import { ProtobufWriter } from './protobuf.ts';

/** ONNX element types we write (onnx.proto, TensorProto.DataType). */
export const ELEMENT = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;

/** Name of an ONNX element type. */
export type ElementType = keyof typeof ELEMENT;

/** Operator set of the models: the first in which every reduction takes its axes as an input. */
const OPSET = 18;

/** Attribute of an ONNX node, or a subgraph. */
export type OnnxAttribute = OperatorAttribute | { readonly graph: OnnxGraph };

export interface OnnxNode {
  readonly op: string;
  /** Empty names stand for omitted optional inputs. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Little-endian elements. */
  readonly bytes: Uint8Array;
}

/** A named input or output; a dimension given by name is dynamic. */
export interface OnnxEdge {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxEdge[];
  readonly outputs: readonly OnnxEdge[];
}

function attribute(writer: ProtobufWriter, name: string, value: OnnxAttribute): void {
  writer.string(1, name);
  if (typeof value === 'number') writer.integer(3, value).integer(20, 2);
  else if (typeof value === 'string') writer.string(4, value).integer(20, 3);
  else if ('float' in value) writer.float(2, value.float).integer(20, 1);
  else if ('dtype' in value) writer.integer(3, ELEMENT[value.dtype]).integer(20, 2);
  else if ('graph' in value) writer.message(6, (inner) => writeGraph(inner, value.graph)).integer(20, 5);
  else {
    for (const n of value) writer.integer(8, n);
    writer.integer(20, 7);
  }
}

function node(writer: ProtobufWriter, { op, inputs, outputs, attributes }: OnnxNode): void {
  for (const input of inputs) writer.string(1, input);
  for (const output of outputs) writer.string(2, output);
  writer.string(3, `${op}:${outputs[0] ?? ''}`).string(4, op);
  for (const [name, value] of Object.entries(attributes)) {
    writer.message(5, (inner) => attribute(inner, name, value));
  }
}

function tensor(writer: ProtobufWriter, { name, type, shape, bytes }: OnnxTensor): void {
  for (const n of shape) writer.integer(1, n);
  writer.integer(2, ELEMENT[type]).string(8, name).bytes(9, bytes);
}

function edge(writer: ProtobufWriter, { name, type, shape }: OnnxEdge): void {
  writer.string(1, name).message(2, (typeProto) =>
    typeProto.message(1, (tensorType) => {
      tensorType.integer(1, ELEMENT[type]).message(2, (shapeProto) => {
        for (const n of shape) {
          shapeProto.message(1, (dim) => (typeof n === 'number' ? dim.integer(1, n) : dim.string(2, n)));
        }
      });
    }),
  );
}

function writeGraph(writer: ProtobufWriter, graph: OnnxGraph): void {
  for (const item of graph.nodes) writer.message(1, (inner) => node(inner, item));
  writer.string(2, graph.name);
  for (const item of graph.initializers) writer.message(5, (inner) => tensor(inner, item));
  for (const item of graph.inputs) writer.message(11, (inner) => edge(inner, item));
  for (const item of graph.outputs) writer.message(12, (inner) => edge(inner, item));
}

/** The bytes of an ONNX model (IR version 8) holding `graph`, with `metadata` as metadata_props. */
export function encodeModel(graph: OnnxGraph, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const writer = new ProtobufWriter();
  writer.integer(1, 8).string(2, 'medgan');
  writer.message(7, (inner) => writeGraph(inner, graph));
  writer.message(8, (opset) => opset.string(1, '').integer(2, OPSET));
  for (const [key, value] of Object.entries(metadata)) {
    writer.message(14, (entry) => entry.string(1, key).string(2, value));
  }
  return writer.finish();
}
