import { STORED_FILTER_PERM, permute } from '../../stored-layout.ts';
import { ints } from '../../trace/kernel-rule.ts';
import { RULES } from '../../trace/kernels/index.ts';
import { GraphBuilder, expandConstant } from '../builder.ts';
import { valueOf, type Attributes, type Graph, type Node } from '../graph.ts';

/**
 * A permutation of axes: axis i of what is stored is axis `perm[i]` of what TF.js sees.
 * Images are kept by [0, 3, 1, 2] (NCHW), filters and rank-4 state by [3, 2, 0, 1] (OIHW).
 */
export type Perm = readonly number[];

export const NCHW: Perm = [0, 3, 1, 2];
export const OIHW: Perm = STORED_FILTER_PERM;

/** A tensor as it is stored. */
export interface Placed {
  readonly id: number;
  readonly perm: Perm;
}

export const identity = (rank: number): Perm => [...Array(rank).keys()];
export const isIdentity = (perm: Perm): boolean => perm.every((axis, i) => axis === i);
export const permuted = (shape: readonly number[], perm: Perm): number[] => perm.map((axis) => shape[axis]!);

/** Re-lays one node: emits it on stored tensors and places its output. */
export type LayoutRule = (node: Node, writer: LayoutWriter) => void;

/** Re-lays a graph; a rule a kernel decides node by node. */
export class LayoutWriter {
  readonly #graph: Graph;
  readonly #rules: ReadonlyMap<string, LayoutRule>;
  readonly #builder = new GraphBuilder();
  readonly #placed = new Map<number, Placed>();
  readonly #converted = new Map<string, number>();

  constructor(graph: Graph, rules: ReadonlyMap<string, LayoutRule>) {
    this.#graph = graph;
    this.#rules = rules;
  }

  /** The TF.js shape of an original value. */
  shape(id: number): readonly number[] {
    return valueOf(this.#graph, id).shape;
  }

  isConstant(id: number): boolean {
    return this.#graph.constants.has(id);
  }

  /** How an original value is stored now. Constants have no place yet: they take whatever is asked for. */
  placed(id: number): Placed {
    const known = this.#placed.get(id);
    if (known) return known;
    const rank = this.shape(id).length;
    return { id: this.in(id, identity(rank)), perm: identity(rank) };
  }

  place(id: number, placed: Placed): void {
    this.#placed.set(id, placed);
  }

  emit(kernel: string, inputs: readonly number[], attributes: Attributes = {}): number {
    const types = inputs.map((id) => this.#builder.get(id));
    const outputs = RULES.get(kernel)!.infer(types, attributes);
    return this.#builder.node(kernel, inputs, { attributes, outputs })[0]!.id;
  }

  /** The original value stored by `perm`, converting it once where it is not. */
  in(id: number, perm: Perm): number {
    const key = `${id}:${perm.join()}`;
    const known = this.#converted.get(key);
    if (known !== undefined) return known;
    const made = this.isConstant(id) ? this.#constant(id, perm) : this.#convert(id, perm);
    this.#converted.set(key, made);
    return made;
  }

  /** The original value as an operand broadcast to `rank` axes stored by `perm`. */
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
    const type = valueOf(this.#graph, id);
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

  /** Reorders axes; axes of length 1 move for free. */
  #reorder(id: number, layout: { shape: readonly number[]; from: Perm; to: Perm }): number {
    const { shape, from, to } = layout;
    const matters = (perm: Perm): string => perm.filter((axis) => shape[axis] !== 1).join();
    const stored = this.#builder.get(id).shape;
    const wanted = permuted(shape, to);
    if (matters(from) === matters(to)) {
      return wanted.join() === stored.join() ? id : this.emit('Reshape', [id], { shape: wanted });
    }
    const full = permuted(shape, from);
    const source = full.join() === stored.join() ? id : this.emit('Reshape', [id], { shape: full });
    return this.emit('Transpose', [source], { perm: to.map((axis) => from.indexOf(axis)) });
  }

  run(): Graph {
    const { inputs, outputs, state, nodes } = this.#graph;
    for (const { name, value } of inputs) {
      const type = valueOf(this.#graph, value);
      this.place(value, { id: this.#builder.input(name, type).id, perm: identity(type.shape.length) });
    }
    for (const { slot, read } of state) {
      if (read === undefined) continue;
      const { shape, dtype } = valueOf(this.#graph, read);
      const perm = statePerm(shape.length);
      this.place(read, {
        id: this.#builder.readState(slot, { shape: permuted(shape, perm), dtype }).id,
        perm,
      });
    }
    for (const node of nodes) this.#node(node);
    for (const { name, value } of outputs)
      this.#builder.output(name, this.in(value, identity(this.shape(value).length)));
    for (const { slot, write } of state) {
      if (write !== undefined)
        this.#builder.writeState(slot, this.in(write, statePerm(this.shape(write).length)));
    }
    return this.#builder.build();
  }

  #node(node: Node): void {
    this.#builder.origin = node.origin;
    const rule = this.#rules.get(node.kernel);
    if (rule) return rule(node, this);
    // Anything else sees its tensors as TF.js does.
    const inputs = node.inputs.map((id) => this.in(id, identity(this.shape(id).length)));
    const made = this.#builder.node(node.kernel, inputs, {
      attributes: node.attributes,
      outputs: node.outputs.map((id) => valueOf(this.#graph, id)),
    });
    made.forEach((value, i) => {
      this.place(node.outputs[i]!, { id: value.id, perm: identity(value.shape.length) });
    });
  }
}

/** Rank-4 state is held as filters are; a rule without exception, so that all programs of an engine agree. */
const statePerm = (rank: number): Perm => (rank === 4 ? OIHW : identity(rank));

/** The attributes of a list-valued key, permuted as the tensor is. */
export const permutedInts = (attributes: Attributes, key: string, perm: Perm): number[] =>
  permuted(ints(attributes, key), perm);
