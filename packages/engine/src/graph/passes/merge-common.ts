import { renameUses, valueOf, type Graph } from '../graph.ts';

/** JSON has no infinities, no NaN and no −0. */
const exactly = (n: number): string => (Object.is(n, -0) ? '-0' : String(n));

/** Merges nodes and constants that compute the same values (common subexpression elimination). */
export function mergeCommon(graph: Graph): Graph {
  const renamed = new Map<number, number>();
  const rename = (id: number): number => renamed.get(id) ?? id;
  const known = new Map<string, readonly number[]>();

  const constants = new Map(
    [...graph.constants].filter(([id, constant]) => {
      const { dtype, shape } = valueOf(graph, id);
      const content =
        'fill' in constant
          ? exactly(constant.fill)
          : Buffer.from(
              constant.values.buffer,
              constant.values.byteOffset,
              constant.values.byteLength,
            ).toString('base64');
      const key = `${dtype}[${shape.join(',')}]${content}`;
      const former = known.get(key);
      if (former) renamed.set(id, former[0]!);
      else known.set(key, [id]);
      return !former;
    }),
  );
  const nodes = graph.nodes.flatMap((original) => {
    const node = { ...original, inputs: original.inputs.map(rename) };
    const key = JSON.stringify([node.kernel, node.inputs, node.attributes], (_key, value: unknown) =>
      typeof value === 'number' ? exactly(value) : value,
    );
    const former = known.get(key);
    if (!former) {
      known.set(key, node.outputs);
      return [node];
    }
    node.outputs.forEach((id, i) => renamed.set(id, former[i]!));
    return [];
  });
  return renameUses({ ...graph, constants, nodes }, rename);
}
