import { permute } from '../../stored-layout.ts';
import { GraphBuilder, expandConstant } from '../builder.ts';
import { valueOf, type Attributes, type Graph, type Node, type Type } from '../graph.ts';
import { operatorOf } from '../operators/index.ts';
import {
  OIHW,
  identity,
  isIdentity,
  permuted,
  type LayoutWriter,
  type Perm,
  type Placed,
} from '../operators/layout.ts';

/** State of rank 4 is stored as filters are; without exception, so that all programs of an engine agree. */
const statePerm = (rank: number): Perm => (rank === 4 ? OIHW : identity(rank));

/** Writes a graph anew, node by node, by the layout rules of its operators. */
export class GraphLayoutWriter implements LayoutWriter {
  readonly #graph: Graph;
  readonly #builder = new GraphBuilder();
  readonly #placed = new Map<number, Placed>();
  readonly #converted = new Map<string, number>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  shape(id: number): readonly number[] {
    return this.#type(id).shape;
  }

  #type(id: number): Type {
    return valueOf(this.#graph, id);
  }

  isConstant(id: number): boolean {
    return this.#graph.constants.has(id);
  }

  placed(id: number): Placed {
    const known = this.#placed.get(id);
    if (known) return known;
    const perm = identity(this.shape(id).length);
    return { id: this.in(id, perm), perm };
  }

  place(id: number, placed: Placed): void {
    this.#placed.set(id, placed);
  }

  emit(kernel: string, inputs: readonly number[], attributes?: Attributes): number {
    return this.#builder.emit(kernel, inputs, attributes).id;
  }

  in(id: number, perm: Perm): number {
    const key = `${id}:${perm.join()}`;
    const known = this.#converted.get(key);
    if (known !== undefined) return known;
    const made = this.isConstant(id) ? this.#constant(id, perm) : this.#convert(id, perm);
    this.#converted.set(key, made);
    return made;
  }

  broadcast(id: number, perm: Perm): number {
    const shape = this.shape(id);
    const missing = perm.length - shape.length;
    if (missing === 0) return this.in(id, perm);
    const plain = this.in(id, identity(shape.length));
    if (shape.length === 0 || isIdentity(perm)) return plain;
    const full = [...Array<number>(missing).fill(1), ...shape];
    return this.#reorder(plain, { shape: full, from: identity(perm.length), to: perm });
  }

  #constant(id: number, perm: Perm): number {
    const type = this.#type(id);
    const constant = this.#graph.constants.get(id)!;
    const shape = permuted(type.shape, perm);
    const value = this.#builder.value({ shape, dtype: type.dtype });
    const stays = 'fill' in constant || isIdentity(perm);
    this.#builder.constants.set(
      value.id,
      stays ? constant : { values: permute(expandConstant(constant, type), type.shape, perm) },
    );
    return value.id;
  }

  #convert(id: number, perm: Perm): number {
    const { id: stored, perm: from } = this.#placed.get(id)!;
    return this.#reorder(stored, { shape: this.shape(id), from, to: perm });
  }

  /** Reorders axes; moving an axis of length 1 needs no transposition. */
  #reorder(id: number, layout: { shape: readonly number[]; from: Perm; to: Perm }): number {
    const { shape, from, to } = layout;
    const order = (perm: Perm): string => perm.filter((axis) => shape[axis] !== 1).join();
    const stored = this.#builder.get(id).shape;
    const wanted = permuted(shape, to);
    if (order(from) === order(to)) {
      return wanted.join() === stored.join() ? id : this.emit('Reshape', [id], { shape: wanted });
    }
    const full = permuted(shape, from);
    const source = full.join() === stored.join() ? id : this.emit('Reshape', [id], { shape: full });
    return this.emit('Transpose', [source], { perm: to.map((axis) => from.indexOf(axis)) });
  }

  run(): Graph {
    const { inputs, outputs, state, nodes } = this.#graph;
    const builder = this.#builder;
    for (const { name, value } of inputs) {
      const type = this.#type(value);
      this.place(value, { id: builder.input(name, type).id, perm: identity(type.shape.length) });
    }
    for (const { slot, read } of state) {
      if (read === undefined) continue;
      const { shape, dtype } = this.#type(read);
      const perm = statePerm(shape.length);
      this.place(read, { id: builder.readState(slot, { shape: permuted(shape, perm), dtype }).id, perm });
    }
    const producers = new Map<number, Node>();
    for (const node of nodes) {
      builder.from(node.origin, () => operatorOf(node.kernel).layout(node, this));
      for (const id of node.outputs) producers.set(id, node);
    }
    /** The value stored by `perm`; a transposition comes from where the value comes from. */
    const finished = (id: number, perm: (rank: number) => Perm): number =>
      builder.from(producers.get(id)?.origin, () => this.in(id, perm(this.shape(id).length)));
    for (const { name, value } of outputs) builder.output(name, finished(value, identity));
    for (const { slot, write } of state) {
      if (write !== undefined) builder.writeState(slot, finished(write, statePerm));
    }
    return builder.build();
  }
}
