import { rootsOf, type Graph } from '../graph.ts';

/** Drops nodes, constants and state reads that no output and no new state depends on. */
export function eliminateDead(graph: Graph): Graph {
  const live = new Set(rootsOf(graph));
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((id) => live.has(id))) return false;
    node.inputs.forEach((id) => live.add(id));
    return true;
  });
  const kept = new Set([
    ...live,
    ...graph.inputs.map((input) => input.value),
    ...nodes.flatMap((n) => n.outputs),
  ]);
  return {
    ...graph,
    nodes: nodes.reverse(),
    constants: new Map([...graph.constants].filter(([id]) => live.has(id))),
    values: new Map([...graph.values].filter(([id]) => kept.has(id))),
    state: graph.state
      .map((edge) => ({
        ...edge,
        read: edge.read !== undefined && live.has(edge.read) ? edge.read : undefined,
      }))
      .filter((edge) => edge.read !== undefined || edge.write !== undefined),
  };
}
