import { sameShape, sizeOf, type Graph, type Node, type StateEdge, type Type, type Value } from './graph.ts';
import { isOperator, operatorOf } from './operators/index.ts';

const typeName = ({ dtype, shape }: Pick<Value, 'dtype' | 'shape'>): string =>
  `${dtype}[${shape.join(', ')}]`;

function requireUnique(what: string, names: readonly (string | number)[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`the graph has two ${what} ${twice}`);
}

function requireOperands(who: string, node: Node): void {
  if (!isOperator(node.kernel)) throw new Error(`${who} is not an operator of the graph`);
  const { inputs } = operatorOf(node.kernel);
  const wanted = inputs === 'list' ? 'at least 1' : String(inputs.length);
  const fits = inputs === 'list' ? node.inputs.length > 0 : node.inputs.length === inputs.length;
  if (!fits) throw new Error(`${who} takes ${wanted} operands, but has ${node.inputs.length}`);
}

function inferred(who: string, node: Node, inputs: readonly Value[]): Type {
  try {
    return operatorOf(node.kernel).infer(inputs, node.attributes);
  } catch (error) {
    throw new Error(`${who}: ${(error as Error).message}`, { cause: error });
  }
}

function requireSameState(graph: Graph, { slot, read, write }: StateEdge): void {
  if (read === undefined || write === undefined) return;
  const [before, after] = [graph.values.get(read)!, graph.values.get(write)!];
  if (sameShape(before.shape, after.shape) && before.dtype === after.dtype) return;
  throw new Error(`state ${slot} is ${typeName(before)}, but becomes ${typeName(after)}`);
}

/** Checks that the graph is well formed: after each pass in tests, and once before lowering. @throws Error */
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

  requireUnique(
    'inputs',
    graph.inputs.map(({ name }) => name),
  );
  requireUnique(
    'outputs',
    graph.outputs.map(({ name }) => name),
  );
  requireUnique(
    'edges of state',
    graph.state.map(({ slot }) => slot),
  );
  for (const { name, value } of graph.inputs) define(value, `input ${name}`);
  for (const edge of graph.state) if (edge.read !== undefined) define(edge.read, `state ${edge.slot}`);
  for (const [id, constant] of graph.constants) {
    define(id, 'a constant');
    const value = graph.values.get(id)!;
    if ('values' in constant && constant.values.length !== sizeOf(value.shape)) {
      throw new Error(`constant ${id} has ${constant.values.length} values for ${typeName(value)}`);
    }
  }
  for (const [index, node] of graph.nodes.entries()) {
    const who = `node ${index} (${node.kernel})`;
    requireOperands(who, node);
    const inputs = node.inputs.map((id) => typeOf(id, who));
    const wanted = inferred(who, node, inputs);
    if (node.outputs.length !== 1) throw new Error(`${who} has ${node.outputs.length} outputs`);
    const [output] = node.outputs as [number];
    define(output, who);
    const actual = graph.values.get(output)!;
    if (!sameShape(actual.shape, wanted.shape) || actual.dtype !== wanted.dtype) {
      throw new Error(`${who} gives ${typeName(wanted)}, but is typed ${typeName(actual)}`);
    }
  }
  for (const { name, value } of graph.outputs) typeOf(value, `output ${name}`);
  for (const edge of graph.state) {
    if (edge.write !== undefined) typeOf(edge.write, `state ${edge.slot}`);
    requireSameState(graph, edge);
  }
}
