import { RULES } from '../trace/kernels/index.ts';
import { sameShape, sizeOf, type Graph, type Value } from './graph.ts';

/** Throws when the graph is not well formed: run between passes in tests, and once before lowering. */
export function verify(graph: Graph): void {
  const defined = new Set<number>();
  const typeOf = (id: number, user: string): Value => {
    const value = graph.values.get(id);
    if (!value || !defined.has(id)) throw new Error(`${user} uses value ${id} before it is defined`);
    return value;
  };
  const define = (id: number, by: string): void => {
    if (!graph.values.has(id)) throw new Error(`${by} defines value ${id}, which has no type`);
    if (defined.has(id)) throw new Error(`${by} defines value ${id} a second time`);
    defined.add(id);
  };

  for (const { name, value } of graph.inputs) define(value, `input ${name}`);
  for (const edge of graph.state) if (edge.read !== undefined) define(edge.read, `state ${edge.slot}`);
  for (const [id, constant] of graph.constants) {
    define(id, 'a constant');
    const value = graph.values.get(id)!;
    if ('values' in constant && constant.values.length !== sizeOf(value.shape)) {
      throw new Error(`constant ${id} has ${constant.values.length} values for [${value.shape.join(', ')}]`);
    }
  }
  for (const [index, node] of graph.nodes.entries()) {
    const who = `node ${index} (${node.kernel})`;
    const rule = RULES.get(node.kernel);
    if (!rule) throw new Error(`${who} has no rule`);
    const inputs = node.inputs.map((id) => typeOf(id, who));
    const expected = rule.infer(inputs, node.attributes);
    if (expected.length !== node.outputs.length) throw new Error(`${who} has ${node.outputs.length} outputs`);
    for (const [i, id] of node.outputs.entries()) {
      define(id, who);
      const actual = graph.values.get(id)!;
      const wanted = expected[i]!;
      if (!sameShape(actual.shape, wanted.shape) || actual.dtype !== wanted.dtype) {
        throw new Error(
          `${who} gives ${wanted.dtype}[${wanted.shape.join(', ')}], but is typed ${actual.dtype}[${actual.shape.join(', ')}]`,
        );
      }
    }
  }
  for (const { name, value } of graph.outputs) typeOf(value, `output ${name}`);
  for (const edge of graph.state) if (edge.write !== undefined) typeOf(edge.write, `state ${edge.slot}`);
}
