import { GraphBuilder } from './builder.ts';
import type { Attributes, Constant, Graph, Node, Type, Value } from './graph.ts';

/** The new graph, as far as it is built, as a rule sees it. */
export interface Rewriter {
  type(id: number): Value;
  constant(id: number): Constant | undefined;
  /** The node that computes a value; undefined for inputs, state and constants. */
  producer(id: number): Node | undefined;
  emit(kernel: string, inputs: readonly number[], attributes?: Attributes): number;
  fill(type: Type, fill: number): number;
}

/** Looks at a node, whose inputs are already rewritten; returns the value that replaces its output, or undefined. */
export type Rule = (node: Node, rewriter: Rewriter) => number | undefined;

/** Copies the graph node by node; the first of the rules that returns a value replaces the node. */
export function rewrite(graph: Graph, rules: readonly Rule[]): Graph {
  const builder = new GraphBuilder();
  const renamed = new Map<number, number>();
  const producers = new Map<number, Node>();
  const rename = (id: number): number => renamed.get(id)!;

  for (const { name, value } of graph.inputs) {
    renamed.set(value, builder.input(name, graph.values.get(value)!).id);
  }
  for (const { slot, read } of graph.state) {
    if (read !== undefined) renamed.set(read, builder.readState(slot, graph.values.get(read)!).id);
  }
  for (const [id, constant] of graph.constants) {
    const value = builder.value(graph.values.get(id)!);
    builder.constants.set(value.id, constant);
    renamed.set(id, value.id);
  }

  const rewriter: Rewriter = {
    type: (id) => builder.get(id),
    constant: (id) => builder.constants.get(id),
    producer: (id) => producers.get(id),
    emit(kernel, inputs, attributes) {
      const { id } = builder.emit(kernel, inputs, attributes);
      producers.set(id, builder.nodes.at(-1)!);
      return id;
    },
    fill: (type, fill) => builder.fill(type, fill).id,
  };
  const replacement = (node: Node): number => {
    for (const rule of rules) {
      const value = rule(node, rewriter);
      if (value !== undefined) return value;
    }
    return rewriter.emit(node.kernel, node.inputs, node.attributes);
  };

  for (const original of graph.nodes) {
    const node: Node = { ...original, inputs: original.inputs.map(rename) };
    renamed.set(
      original.outputs[0]!,
      builder.from(original.origin, () => replacement(node)),
    );
  }

  for (const { name, value } of graph.outputs) builder.output(name, rename(value));
  for (const { slot, write } of graph.state) if (write !== undefined) builder.writeState(slot, rename(write));
  return builder.build();
}
