import type { DType, Values } from '../engine.ts';
import type { ModelWeight } from './model-recorder.ts';
import { expandConstant } from '../graph/builder.ts';
import { sizeOf, valueOf, type Graph, type Value } from '../graph/graph.ts';
import { fromStored } from '../stored-layout.ts';

/** Attribute of a TensorFlow node, as protocol buffers are written in JSON. */
export type TfAttribute =
  | { readonly type: string }
  | { readonly b: boolean }
  | { readonly f: number }
  | { readonly i: string }
  | { readonly s: string }
  | { readonly list: { readonly i: readonly string[] } }
  | { readonly tensor: { readonly dtype: string; readonly tensorShape: object } }
  | { readonly shape: object };

export interface TfNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, TfAttribute>>;
}

/** A tensor of the file: a weight, or a list of numbers a node takes as an operand. */
export interface TfConstant {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: Values;
}

/** Nodes in an order in which each comes after its inputs; constants have no node yet. */
export interface TfGraph {
  readonly nodes: readonly TfNode[];
  readonly constants: readonly TfConstant[];
}

/** Element types by TensorFlow's names. */
export const TF_TYPE: Readonly<Record<DType, string>> = {
  float32: 'DT_FLOAT',
  int32: 'DT_INT32',
  bool: 'DT_BOOL',
};

/** Attributes in the JSON of protocol buffers: 64-bit integers are texts, bytes are base64. */
export const attribute = {
  int: (i: number): TfAttribute => ({ i: String(i) }),
  ints: (list: readonly number[]): TfAttribute => ({ list: { i: list.map(String) } }),
  float: (f: number): TfAttribute => ({ f }),
  bool: (b: boolean): TfAttribute => ({ b }),
  text: (text: string): TfAttribute => ({ s: Buffer.from(text).toString('base64') }),
  type: (dtype: DType): TfAttribute => ({ type: TF_TYPE[dtype] }),
};

/** Collects the TensorFlow nodes of a graph. */
export class GraphDefWriter {
  readonly nodes: TfNode[] = [];
  readonly constants: TfConstant[] = [];
  readonly #graph: Graph;
  readonly #names = new Map<number, string>();
  readonly #lists = new Map<string, string>();

  constructor(graph: Graph, weight: (slot: number) => ModelWeight) {
    this.#graph = graph;
    for (const { name, value } of graph.inputs) this.#names.set(value, name);
    for (const { slot, read } of graph.state) {
      const { name, shape, dtype, values } = weight(slot);
      this.#names.set(read!, name);
      this.constants.push({ name, dtype, shape, values: fromStored(values, shape) });
    }
  }

  /** Type of a graph value. */
  type(id: number): Value {
    return valueOf(this.#graph, id);
  }

  /** Name of a graph value; constants enter the file on first use. */
  name(id: number): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const name = `v${id}`;
    this.#names.set(id, name);
    const constant = this.#graph.constants.get(id);
    if (!constant) return name;
    const { shape, dtype } = this.type(id);
    if ('fill' in constant && sizeOf(shape) > 1) {
      const one = this.#constant({
        dtype,
        shape: [],
        values: expandConstant(constant, { dtype, shape: [] }),
      });
      this.node(name, { op: 'Fill', input: [this.list(shape), one] });
    } else {
      this.constants.push({ name, dtype, shape, values: expandConstant(constant, { dtype, shape }) });
    }
    return name;
  }

  #constant(tensor: Omit<TfConstant, 'name'>): string {
    const key = `${tensor.dtype}[${tensor.shape.join()}]${tensor.values.join()}`;
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const name = `c${this.#lists.size}`;
    this.#lists.set(key, name);
    this.constants.push({ name, ...tensor });
    return name;
  }

  /** A list of integers as an operand. */
  list(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.#constant({ dtype: 'int32', shape, values: Int32Array.from(values) });
  }

  /** A float32 scalar as an operand. */
  scalar(value: number): string {
    return this.#constant({ dtype: 'float32', shape: [], values: Float32Array.of(value) });
  }

  node(
    name: string,
    { op, input, attr = {} }: { op: string; input: readonly string[]; attr?: TfNode['attr'] },
  ): void {
    this.nodes.push({ name, op, input, attr });
  }
}
