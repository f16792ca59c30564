import type { Values } from '../engine.ts';
import { sizeOf, valueOf, type Constant, type Graph, type Node, type Value } from '../graph/graph.ts';
import type { OnnxWriter } from '../graph/operators/onnx.ts';
import { valuesOf } from '../host-values.ts';
import type { ElementType, OnnxNode, OnnxTensor } from './model.ts';

const bytesOf = (values: Values | BigInt64Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Collects the ONNX nodes and initialisers of a graph being lowered. */
export class OnnxGraphWriter implements OnnxWriter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly #graph: Graph;
  readonly #names = new Map<string, string>();
  readonly #aliases = new Map<number, string>();
  #next = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  type(id: number): Value {
    return valueOf(this.#graph, id);
  }

  /** Gives a value the name of an input or output of the model; false when it has such a name already. */
  alias(id: number, name: string): boolean {
    if (this.#aliases.has(id)) return false;
    this.#aliases.set(id, name);
    return true;
  }

  /** Constants become initialisers when they are first named. */
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
        values: valuesOf(dtype, [constant.fill]),
      });
      this.nodes.push({ op: 'Expand', inputs: [one, this.int64(shape)], outputs: [name], attributes: {} });
      return;
    }
    const values = 'fill' in constant ? valuesOf(dtype, [constant.fill]) : constant.values;
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

  int64(list: readonly number[]): string {
    return this.#initializer({
      type: 'int64',
      shape: [list.length],
      values: BigInt64Array.from(list, (n) => BigInt(n)),
    });
  }

  scalar(value: number, type: Value['dtype'] = 'float32'): string {
    return this.#initializer({ type, shape: [], values: valuesOf(type, [value]) });
  }

  filled(length: number, value: number): string {
    return this.#initializer({
      type: 'float32',
      shape: [length],
      values: new Float32Array(length).fill(value),
    });
  }

  emit(op: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}): string {
    const output = `t${this.#next++}`;
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  result(
    node: Node,
    emitted: { op: string; inputs: readonly string[]; attributes?: OnnxNode['attributes'] | undefined },
  ): void {
    this.nodes.push({
      op: emitted.op,
      inputs: emitted.inputs,
      outputs: [this.name(node.outputs[0]!)],
      attributes: emitted.attributes ?? {},
    });
  }
}
