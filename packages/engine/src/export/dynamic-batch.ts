import type { OnnxAttribute, OnnxEdge, OnnxGraph, OnnxNode, OnnxTensor } from '../onnx/model.ts';
import { extentsOf, fixedBatch, type Extent } from './batch-lists.ts';

const BATCH = 'batch';

const int64 = (name: string, values: readonly number[]): OnnxTensor => ({
  name,
  type: 'int64',
  shape: [values.length],
  bytes: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
});

function numbersOf({ bytes }: OnnxTensor): number[] {
  const copy = bytes.slice();
  return Array.from(new BigInt64Array(copy.buffer, 0, copy.length / 8), Number);
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** One edge for both, with its batch dimension named. */
function edgeOf(first: OnnxEdge, second: OnnxEdge): OnnxEdge {
  const shape = extentsOf(first.name, first.shape as number[], second.shape as number[]);
  if (!shape) return first;
  return {
    ...first,
    shape: shape.map((n) => {
      if (typeof n === 'number') return n;
      if (n.perImage !== 1) throw fixedBatch(first.name);
      return BATCH;
    }),
  };
}

function requireSameNodes(first: OnnxGraph, second: OnnxGraph): void {
  const text = ({ op, inputs, outputs, attributes }: OnnxNode): string =>
    JSON.stringify([op, inputs, outputs, Object.entries<OnnxAttribute>(attributes)]);
  if (first.nodes.length !== second.nodes.length) throw fixedBatch('the network');
  first.nodes.forEach((node, i) => {
    if (text(node) !== text(second.nodes[i]!)) throw fixedBatch(node.op);
  });
}

/** Writes lists that depend on the batch as nodes that compute them from the first input's shape. */
class BatchLists {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly #input: string;
  #batch: string | undefined;
  #next = 0;

  constructor(input: string) {
    this.#input = input;
  }

  #emit(op: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}): string {
    const output = `batch:${this.#next++}`;
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  #constant(values: readonly number[]): string {
    const tensor = int64(`batch:${this.#next++}`, values);
    this.initializers.push(tensor);
    return tensor.name;
  }

  #extent(extent: Extent): string {
    if (typeof extent === 'number') return this.#constant([extent]);
    this.#batch ??= this.#emit('Shape', [this.#input], { start: 0, end: 1 });
    return extent.perImage === 1
      ? this.#batch
      : this.#emit('Mul', [this.#batch, this.#constant([extent.perImage])]);
  }

  /** Computes the list `name`. */
  add(name: string, extents: readonly Extent[]): void {
    const inputs = extents.map((extent) => this.#extent(extent));
    this.nodes.push({ op: 'Concat', inputs, outputs: [name], attributes: { axis: 0 } });
  }
}

/** The shape of a reshape with −1 for its one unknown length, which ONNX computes. */
function reshapeTarget(
  { name }: OnnxTensor,
  extents: readonly Extent[],
  nodes: readonly OnnxNode[],
): OnnxTensor | undefined {
  const isShapeOnly = nodes.every(({ op, inputs }) =>
    inputs.every((input, i) => input !== name || (op === 'Reshape' && i === 1)),
  );
  const unknown = extents.filter((extent) => typeof extent !== 'number' || extent === -1);
  if (!isShapeOnly || unknown.length !== 1) return undefined;
  return int64(
    name,
    extents.map((extent) => (typeof extent === 'number' ? extent : -1)),
  );
}

/**
 * One model for any batch size, from the same model at the two `PROBES`. Lists of lengths that differ between the two
 * are computed from the batch at run time; anything else that differs cannot be had without knowing the batch.
 * @throws EngineError naming what depends on the batch size
 */
export function withDynamicBatch(first: OnnxGraph, second: OnnxGraph): OnnxGraph {
  requireSameNodes(first, second);
  if (first.initializers.length !== second.initializers.length) throw fixedBatch('the network');
  const batched = first.inputs.findIndex((edge, i) => edge.shape[0] !== second.inputs[i]!.shape[0]);
  const lists = new BatchLists(first.inputs[Math.max(batched, 0)]!.name);
  const initializers = first.initializers.flatMap((tensor, i) => {
    const other = second.initializers[i]!;
    if (tensor.name === other.name && sameBytes(tensor.bytes, other.bytes)) return [tensor];
    if (tensor.name !== other.name || tensor.type !== 'int64') throw fixedBatch('a constant of the network');
    const extents = extentsOf('a shape of the network', numbersOf(tensor), numbersOf(other))!;
    const target = reshapeTarget(tensor, extents, first.nodes);
    if (target) return [target];
    lists.add(tensor.name, extents);
    return [];
  });
  return {
    ...first,
    nodes: [...lists.nodes, ...first.nodes],
    initializers: [...initializers, ...lists.initializers],
    inputs: first.inputs.map((edge, i) => edgeOf(edge, second.inputs[i]!)),
    outputs: first.outputs.map((edge, i) => edgeOf(edge, second.outputs[i]!)),
  };
}
