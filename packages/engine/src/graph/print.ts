import { valueOf, type Graph } from './graph.ts';

/** JSON has no infinities and no −0. */
function format(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(format).join(',')}]`;
  return typeof value === 'number' ? (Object.is(value, -0) ? '-0' : String(value)) : JSON.stringify(value);
}

/** The graph as text, one node per line: for golden tests and for reading. */
export function print(graph: Graph): string {
  const ref = (id: number): string => {
    const constant = graph.constants.get(id);
    const shape = `[${valueOf(graph, id).shape.join(',')}]`;
    if (!constant) return `%${id}`;
    return 'fill' in constant ? `${format(constant.fill)}${shape}` : `const${shape}`;
  };
  const typed = (id: number): string => {
    const { dtype, shape } = valueOf(graph, id);
    return `%${id}:${dtype}[${shape.join(',')}]`;
  };
  const attributes = (entries: readonly (readonly [string, unknown])[]): string =>
    entries.length === 0 ? '' : ` {${entries.map(([k, v]) => `${k}=${format(v)}`).join(' ')}}`;
  return [
    ...graph.inputs.map(({ name, value }) => `input ${name} -> ${typed(value)}`),
    ...graph.state.flatMap((e) => (e.read === undefined ? [] : [`state ${e.slot} -> ${typed(e.read)}`])),
    ...graph.nodes.map(
      (node) =>
        `${node.outputs.map(typed).join(', ')} = ${node.kernel}(${node.inputs.map(ref).join(', ')})` +
        attributes(Object.entries(node.attributes)),
    ),
    ...graph.outputs.map(({ name, value }) => `output ${name} <- ${ref(value)}`),
    ...graph.state.flatMap((e) => (e.write === undefined ? [] : [`state ${e.slot} <- ${ref(e.write)}`])),
  ].join('\n');
}
