import { sizeOf, valueOf, type Constant, type Graph, type Node, type Value } from '../graph/graph.ts';
import { uniformValue } from '../graph/graph.ts';

/** A graph seen by its memory: a reshaped value is the value itself under another shape. */
export class Flow {
  readonly graph: Graph;
  /** Nodes that compute something: all but reshapes, in their order. */
  readonly nodes: readonly Node[];
  readonly #roots = new Map<number, number>();
  readonly #producers = new Map<number, number>();
  readonly #consumers = new Map<number, number[]>();
  readonly #kept: ReadonlySet<number>;

  constructor(graph: Graph) {
    this.graph = graph;
    for (const node of graph.nodes) {
      if (node.kernel === 'Reshape') this.#roots.set(node.outputs[0]!, this.root(node.inputs[0]!));
    }
    this.nodes = graph.nodes.filter((node) => node.kernel !== 'Reshape');
    for (const [index, node] of this.nodes.entries()) {
      for (const output of node.outputs) this.#producers.set(output, index);
      for (const input of new Set(node.inputs.map((id) => this.root(id)))) {
        this.#consumers.set(input, [...(this.#consumers.get(input) ?? []), index]);
      }
    }
    this.#kept = new Set([
      ...graph.outputs.map((output) => this.root(output.value)),
      ...graph.state.flatMap(({ write }) => (write === undefined ? [] : [this.root(write)])),
    ]);
  }

  /** The value whose memory this one names. */
  root(id: number): number {
    return this.#roots.get(id) ?? id;
  }

  type(id: number): Value {
    return valueOf(this.graph, id);
  }

  size(id: number): number {
    return sizeOf(this.type(id).shape);
  }

  constant(id: number): Constant | undefined {
    return this.graph.constants.get(this.root(id));
  }

  /** The number that fills a constant, if one does. */
  fill(id: number): number | undefined {
    return uniformValue(this.constant(id));
  }

  /** Index of the node that makes a value; undefined for inputs, state and constants. */
  producer(id: number): number | undefined {
    return this.#producers.get(this.root(id));
  }

  /** Indices of the nodes that read a value. */
  consumers(id: number): readonly number[] {
    return this.#consumers.get(this.root(id)) ?? [];
  }

  /** True where a value is an output or new state. */
  isKept(id: number): boolean {
    return this.#kept.has(this.root(id));
  }
}
