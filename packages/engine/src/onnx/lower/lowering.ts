import type { Values } from '../../engine.ts';
import { EngineError } from '../../engine-error.ts';
import { sizeOf, valueOf, type Constant, type Graph, type Node, type Value } from '../../graph/graph.ts';
import type { ElementType, OnnxAttribute, OnnxNode, OnnxTensor } from '../model.ts';

/** How a kernel is written in ONNX: emits nodes for `node`, the last of which gives its output. */
export type Lowering = (node: Node, w: OnnxWriter) => void;

const bytesOf = (values: Values | BigInt64Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Collects the ONNX nodes and initialisers of a graph being lowered. */
export class OnnxWriter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly #graph: Graph;
  readonly #names = new Map<string, string>();
  readonly #aliases = new Map<number, string>();
  #next = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** Type of a graph value. */
  type(id: number): Value {
    return valueOf(this.#graph, id);
  }

  /** Gives a value the name of an input or output of the model; false when it has such a name already. */
  alias(id: number, name: string): boolean {
    if (this.#aliases.has(id)) return false;
    this.#aliases.set(id, name);
    return true;
  }

  /** ONNX name of a graph value; constants become initialisers on first use. */
  name(id: number): string {
    const name = this.#aliases.get(id) ?? `v${id}`;
    const constant = this.#graph.constants.get(id);
    if (constant && !this.#names.has(name)) {
      this.#names.set(name, name);
      this.#constant(name, this.type(id), constant);
    }
    return name;
  }

  #constant(name: string, { shape, dtype }: Value, constant: Constant): void {
    if ('fill' in constant && sizeOf(shape) > 1) {
      const one = this.#initializer({
        type: dtype,
        shape: shape.map(() => 1),
        values: typed(dtype, [constant.fill]),
      });
      this.nodes.push({ op: 'Expand', inputs: [one, this.int64(shape)], outputs: [name], attributes: {} });
      return;
    }
    const values = 'fill' in constant ? typed(dtype, [constant.fill]) : constant.values;
    this.initializers.push({ name, type: dtype, shape, bytes: bytesOf(values) });
  }

  #initializer(tensor: {
    type: ElementType;
    shape: readonly number[];
    values: Values | BigInt64Array;
  }): string {
    const { type, shape, values } = tensor;
    const bytes = bytesOf(values);
    const key = `${type}[${shape.join()}]${Buffer.from(bytes).toString('base64')}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = `c${this.#names.size}`;
    this.#names.set(key, name);
    this.initializers.push({ name, type, shape, bytes });
    return name;
  }

  /** A list of integers as an operand (axes, shapes, pads). */
  int64(list: readonly number[]): string {
    return this.#initializer({
      type: 'int64',
      shape: [list.length],
      values: BigInt64Array.from(list, (n) => BigInt(n)),
    });
  }

  /** A scalar operand, float32 unless said otherwise. */
  scalar(value: number, type: Value['dtype'] = 'float32'): string {
    return this.#initializer({ type, shape: [], values: typed(type, [value]) });
  }

  /** A float32 vector operand filled with one value. */
  filled(length: number, value: number): string {
    return this.#initializer({
      type: 'float32',
      shape: [length],
      values: new Float32Array(length).fill(value),
    });
  }

  /** Emits a node and returns the name of its output. */
  emit(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    const output = `t${this.#next++}`;
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  /** Emits the node whose output is the output of `node`. */
  result(
    node: Node,
    emitted: { op: string; inputs: readonly string[]; attributes?: Readonly<Record<string, OnnxAttribute>> },
  ): void {
    this.nodes.push({
      op: emitted.op,
      inputs: emitted.inputs,
      outputs: [this.name(node.outputs[0]!)],
      attributes: emitted.attributes ?? {},
    });
  }
}

function typed(dtype: Value['dtype'], values: readonly number[]): Values {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(values);
    case 'int32':
      return Int32Array.from(values);
    case 'bool':
      return Uint8Array.from(values);
  }
}

/** Refuses a combination that TF.js allows and this lowering does not. */
export function refuse(node: Node, what: string): never {
  throw new EngineError(`${node.kernel} ${what} cannot be compiled`, {
    cure: 'use other TF.js operations, or run with engine: wasm or cpu',
  });
}
