import { extentsOf, fixedBatch, type Extent } from './batch-lists.ts';
import { attribute } from '../graph/operators/tensorflow.ts';
import type { TfConstant, TfGraph, TfNode } from './graph-def.ts';

const list = (name: string, values: readonly number[]): TfConstant => ({
  name,
  dtype: 'int32',
  shape: [values.length],
  values: Int32Array.from(values),
});

/** Writes lists that depend on the batch as nodes that compute them from an input's shape. */
class BatchLists {
  readonly nodes: TfNode[] = [];
  readonly constants: TfConstant[] = [];
  readonly #input: string;
  readonly #known = new Map<string, string>();

  constructor(input: string) {
    this.#input = input;
  }

  #constant(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.#once(`[${shape.join()}]${values.join()}`, (name) => {
      this.constants.push({ ...list(name, values), shape });
    });
  }

  #node(op: string, input: readonly string[]): string {
    return this.#once(`${op} ${input.join()}`, (name) => this.nodes.push({ name, op, input, attr: {} }));
  }

  #once(key: string, make: (name: string) => void): string {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const name = `batch/${this.#known.size}`;
    this.#known.set(key, name);
    make(name);
    return name;
  }

  #extent(extent: Extent): string {
    if (typeof extent === 'number') return this.#constant([extent]);
    const shape = this.#node('Shape', [this.#input]);
    const batch = this.#node('Slice', [shape, this.#constant([0]), this.#constant([1])]);
    return extent.perImage === 1 ? batch : this.#node('Mul', [batch, this.#constant([extent.perImage])]);
  }

  /** Computes the list `name`. */
  add(name: string, extents: readonly Extent[]): void {
    const input = [...extents.map((extent) => this.#extent(extent)), this.#constant([0], [])];
    this.nodes.push({ name, op: 'ConcatV2', input, attr: { N: attribute.int(extents.length) } });
  }
}

/** The shape of a reshape with −1 for its one unknown length, which TensorFlow computes. */
function reshapeTarget(
  { name }: TfConstant,
  extents: readonly Extent[],
  nodes: readonly TfNode[],
): TfConstant | undefined {
  const isShapeOnly = nodes.every(({ op, input }) =>
    input.every((each, i) => each !== name || (op === 'Reshape' && i === 1)),
  );
  if (!isShapeOnly || extents.filter((extent) => typeof extent !== 'number').length !== 1) return undefined;
  return list(
    name,
    extents.map((extent) => (typeof extent === 'number' ? extent : -1)),
  );
}

/**
 * One model for any batch size, from the same model at the two `PROBES`; `input` is one whose first dimension is the
 * batch.
 * @throws EngineError naming what depends on the batch size
 */
export function withDynamicBatch(first: TfGraph, second: TfGraph, input: string): TfGraph {
  if (first.constants.length !== second.constants.length) throw fixedBatch('the network');
  if (JSON.stringify(first.nodes) !== JSON.stringify(second.nodes)) throw fixedBatch('the network');
  const lists = new BatchLists(input);
  const constants = first.constants.flatMap((constant, i) => {
    const other = second.constants[i]!;
    const isEqual =
      constant.values.length === other.values.length &&
      constant.values.every((value, at) => Object.is(value, other.values[at]));
    if (isEqual) return [constant];
    if (constant.dtype !== 'int32') throw fixedBatch('a constant of the network');
    const who = 'a shape of the network';
    const extents = extentsOf(who, Array.from(constant.values), Array.from(other.values))!;
    const target = reshapeTarget(constant, extents, first.nodes);
    if (target) return [target];
    lists.add(constant.name, extents);
    return [];
  });
  return { nodes: [...lists.nodes, ...first.nodes], constants: [...constants, ...lists.constants] };
}
