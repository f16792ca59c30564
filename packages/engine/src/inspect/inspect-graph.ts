import type { Variable } from '@tensorflow/tfjs-core';
import { uniformValue, valueOf, type Graph, type Node } from '../graph/graph.ts';
import { operatorOf } from '../graph/operators/index.ts';
import { PASSES } from '../graph/passes/index.ts';
import { verify } from '../graph/verify.ts';
import type { InspectedTensor, Operand, Stage, StepInspection } from './inspection.ts';

/** What an engine does with the graph of a step. */
interface Lowering {
  /** The engine's variables. */
  readonly slots: ReadonlyMap<number, { readonly name: string; readonly variable: Variable }>;
  /** The operators that the graph is written as: those of each node, and all of them. */
  readonly lower: (graph: Graph) => {
    readonly byNode: readonly (readonly string[])[];
    readonly all: readonly string[];
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const stage = (name: string, graph: Graph): Stage => ({
  name,
  nodes: graph.nodes.length,
  kernels: countBy(graph.nodes.map(({ kernel }) => kernel)),
});

/** Takes a traced graph through the passes and the lowering, and describes it after each. */
export function inspectGraph(traced: Graph, { slots, lower }: Lowering): StepInspection {
  const stages = [stage('traced', traced)];
  let graph = traced;
  for (const pass of PASSES) {
    graph = pass.run(graph);
    stages.push(stage(pass.name, graph));
  }
  verify(graph);
  const operators = lower(graph);

  const tensor = (id: number): InspectedTensor => {
    const { shape, dtype } = valueOf(graph, id);
    return { shape, dtype };
  };
  const sources = sourcesOf(graph);
  const operand = (id: number): Operand => {
    const source = sources.get(id);
    if (source) return { ...tensor(id), ...source };
    return { ...tensor(id), from: 'constant', fill: uniformValue(graph.constants.get(id)) };
  };
  return {
    stages,
    inputs: graph.inputs.map(({ name, value }) => ({ name, ...tensor(value) })),
    outputs: graph.outputs.map(({ name, value }) => {
      const source = sources.get(value);
      return { name, ...tensor(value), node: source?.from === 'node' ? source.index : undefined };
    }),
    state: graph.state.map(({ slot, read, write }) => {
      const { name, variable } = slots.get(slot)!;
      const held = tensor((read ?? write)!);
      return { name, variable, ...held, isRead: read !== undefined, isWritten: write !== undefined };
    }),
    nodes: graph.nodes.map((node, index) => ({
      kernel: node.kernel,
      operators: operators.byNode[index]!,
      attributes: node.attributes,
      inputs: node.inputs.map(operand),
      ...tensor(node.outputs[0]!),
      multiplyAdds: multiplyAdds(graph, node),
      scope: node.origin?.scope,
      site: node.origin?.site,
    })),
    operators: countBy(operators.all),
  };
}

function multiplyAdds(graph: Graph, { kernel, inputs, outputs, attributes }: Node): number {
  const shape = (id: number): readonly number[] => valueOf(graph, id).shape;
  const shapes = { inputs: inputs.map(shape), output: shape(outputs[0]!) };
  return operatorOf(kernel).multiplyAdds?.(shapes, attributes) ?? 0;
}

/** Where each value comes from that is no constant. */
function sourcesOf(graph: Graph): Map<number, { from: 'node' | 'input' | 'state'; index: number }> {
  const sources = new Map<number, { from: 'node' | 'input' | 'state'; index: number }>();
  graph.inputs.forEach(({ value }, index) => sources.set(value, { from: 'input', index }));
  graph.state.forEach(({ read }, index) => {
    if (read !== undefined) sources.set(read, { from: 'state', index });
  });
  graph.nodes.forEach(({ outputs }, index) => {
    for (const id of outputs) sources.set(id, { from: 'node', index });
  });
  return sources;
}
