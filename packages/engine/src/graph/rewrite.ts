import { RULES } from '../trace/kernels/index.ts';
import { GraphBuilder, type Type } from './builder.ts';
import type { Attributes, Constant, Graph, Node, Value } from './graph.ts';

/** The new graph, as far as it is built, seen by a rule. */
export interface Rewriter {
  type(id: number): Value;
  constant(id: number): Constant | undefined;
  /** The node that makes a value, or undefined for inputs, state and constants. */
  producer(id: number): Node | undefined;
  emit(kernel: string, inputs: readonly number[], attributes?: Attributes): number;
  fill(type: Type, fill: number): number;
}

/** Looks at a node, whose inputs are already rewritten; returns the value that replaces its output, or undefined. */
export type Rule = (node: Node, rewriter: Rewriter) => number | undefined;

/** Copies the graph node by node, asking the rules in turn; the first that answers wins. */
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
    emit(kernel, inputs, attributes = {}) {
      const outputs = RULES.get(kernel)!.infer(
        inputs.map((id) => builder.get(id)),
        attributes,
      );
      const made = builder.node(kernel, inputs, { attributes, outputs })[0]!.id;
      producers.set(made, builder.nodes.at(-1)!);
      return made;
    },
    fill: (type, fill) => builder.fill(type, fill).id,
  };

  for (const original of graph.nodes) {
    builder.origin = original.origin;
    const node: Node = { ...original, inputs: original.inputs.map(rename) };
    let replacement: number | undefined;
    if (node.outputs.length === 1) {
      for (const rule of rules) {
        replacement = rule(node, rewriter);
        if (replacement !== undefined) break;
      }
    }
    if (replacement !== undefined) {
      renamed.set(original.outputs[0]!, replacement);
      continue;
    }
    const outputs = builder.node(node.kernel, node.inputs, {
      attributes: node.attributes,
      outputs: original.outputs.map((id) => graph.values.get(id)!),
    });
    const copied = builder.nodes.at(-1)!;
    outputs.forEach((value, i) => {
      renamed.set(original.outputs[i]!, value.id);
      producers.set(value.id, copied);
    });
  }

  for (const { name, value } of graph.outputs) builder.output(name, rename(value));
  for (const { slot, write } of graph.state) if (write !== undefined) builder.writeState(slot, rename(write));
  return builder.build();
}
