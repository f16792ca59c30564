import type { DType, Values } from '../engine.ts';
import type { ModelWeight } from './model-recorder.ts';
import { expandConstant } from '../graph/builder.ts';
import { sizeOf, valueOf, type Graph, type Value } from '../graph/graph.ts';
import type {
  TensorFlowAttribute,
  TensorFlowOperation,
  TensorFlowWriter,
} from '../graph/operators/tensorflow.ts';
import { fromStored } from '../stored-layout.ts';

export interface TfNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, TensorFlowAttribute>>;
}

/** A tensor of the file: a weight, or a list of numbers that is an operand. */
export interface TfConstant {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: Values;
}

/** Nodes in topological order. Constants are not nodes yet. */
export interface TfGraph {
  readonly nodes: readonly TfNode[];
  readonly constants: readonly TfConstant[];
}

/** Collects the TensorFlow nodes of a graph. */
export class GraphDefWriter implements TensorFlowWriter {
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

  type(id: number): Value {
    return valueOf(this.#graph, id);
  }

  /** Constants enter the file when they are first named. */
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

  list(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.#constant({ dtype: 'int32', shape, values: Int32Array.from(values) });
  }

  scalar(value: number): string {
    return this.#constant({ dtype: 'float32', shape: [], values: Float32Array.of(value) });
  }

  node(name: string, { op, input, attr = {} }: TensorFlowOperation): void {
    this.nodes.push({ name, op, input, attr });
  }
}
