import type { DType } from '../engine.ts';
import type { Node } from '../graph/graph.ts';
import { CHAIN_KERNELS, type ChainOperands, type ChainValue, type ChainWriter } from './chain-kernels.ts';
import type { Cluster } from './cluster.ts';
import { address, type Locate, type Operation } from './operation.ts';
import {
  CHAIN_LIMITS,
  CHAIN_MODES,
  CHAIN_OPERATIONS,
  FOLDS,
  type ChainOperation,
  type Fold,
} from './program-format.ts';
import type { ProgramWriter } from './program-writer.ts';
import { isReduction, reductionOf } from './reductions.ts';
import { Unsupported } from './unsupported.ts';
import { broadcastView, isView, viewOf, type View } from './views.ts';

interface Load {
  readonly value: number;
  readonly view: View;
}

interface Step {
  readonly operation: ChainOperation;
  readonly operands: readonly ChainValue[];
}

interface FoldOfChain {
  readonly fold: Fold;
  readonly value: ChainValue;
  readonly columns: number;
  readonly divisor: number;
  readonly target: number;
}

/** Steps are numbered from here while the number of loads is not known yet. */
const FIRST_STEP = 1000;

/** Writes one chain. */
class ChainBuilder implements ChainWriter {
  readonly #size: number;
  readonly #w: ProgramWriter;
  readonly #loads: Load[] = [];
  readonly #loadKeys = new Map<string, number>();
  readonly #steps: Step[] = [];
  readonly #stores: { value: ChainValue; target: number }[] = [];
  readonly #folds: FoldOfChain[] = [];

  constructor(size: number, w: ProgramWriter) {
    this.#size = size;
    this.#w = w;
  }

  step(operation: ChainOperation, ...[a, b = a, c = a]: ChainOperands): ChainValue {
    this.#steps.push({ operation, operands: [a, b, c] });
    return FIRST_STEP + this.#steps.length - 1;
  }

  scalar(value: number, dtype: DType): ChainValue {
    return this.#keyedLoad(`${dtype} ${Object.is(value, -0) ? '-0' : value}`, () => ({
      value: this.#w.scalar(value, dtype),
      view: { offset: 0, lengths: [], strides: [] },
    }));
  }

  #keyedLoad(key: string, make: () => Load): ChainValue {
    const known = this.#loadKeys.get(key);
    if (known !== undefined) return known;
    this.#loads.push(make());
    this.#loadKeys.set(key, this.#loads.length - 1);
    return this.#loads.length - 1;
  }

  load(id: number, view: View): ChainValue {
    const fill = this.#w.flow.fill(id);
    if (fill !== undefined) return this.scalar(fill, this.#w.flow.type(id).dtype);
    return this.#keyedLoad(JSON.stringify([this.#w.flow.root(id), view]), () => ({
      value: this.#w.source(id),
      view,
    }));
  }

  store(value: ChainValue, target: number): void {
    this.#stores.push({ value, target });
  }

  fold(fold: FoldOfChain): void {
    this.#folds.push(fold);
  }

  /** True where a load takes the operand's words in their order. */
  #isFull({ view, value }: Load): boolean {
    if (view.offset !== 0 || this.#w.size(value) !== this.#size) return false;
    return view.lengths.length === 0 || (view.lengths.length === 1 && view.strides[0] === 1);
  }

  #number(value: ChainValue): number {
    return value < FIRST_STEP ? value : this.#loads.length + value - FIRST_STEP;
  }

  #loadPayload({ value, view }: Load, locate: Locate): number[] {
    const at = address(locate(value), view.offset);
    const { lengths, strides } = view;
    const mode = (name: (typeof CHAIN_MODES)[number]): number => CHAIN_MODES.indexOf(name);
    if (this.#size === 1 || (lengths.length === 1 && strides[0] === 1)) return [mode('full'), ...at];
    if (strides.every((stride) => stride === 0)) return [mode('scalar'), ...at];
    if (lengths.length === 2 && strides[0] === 0 && strides[1] === 1) {
      return [mode('periodic'), ...at, lengths[1]!];
    }
    return [mode('strided'), ...at, lengths.length, ...lengths, ...strides];
  }

  #payload(locate: Locate): number[] {
    return [
      this.#size,
      this.#loads.length,
      ...this.#loads.flatMap((load) => this.#loadPayload(load, locate)),
      this.#steps.length,
      ...this.#steps.flatMap(({ operation, operands }) => [
        CHAIN_OPERATIONS.indexOf(operation),
        ...operands.map((operand) => this.#number(operand)),
      ]),
      this.#stores.length,
      ...this.#stores.flatMap(({ value, target }) => [this.#number(value), ...address(locate(target))]),
      this.#folds.length,
      ...this.#folds.flatMap(({ fold, value, columns, divisor, target }) => [
        FOLDS.indexOf(fold),
        this.#number(value),
        columns,
        divisor,
        ...address(locate(target)),
      ]),
    ];
  }

  operation(): Operation {
    const limits: readonly (readonly [number, number])[] = [
      [this.#loads.length, CHAIN_LIMITS.loads],
      [this.#steps.length, CHAIN_LIMITS.steps],
      [this.#stores.length, CHAIN_LIMITS.stores],
    ];
    if (limits.some(([count, most]) => count > most))
      throw new Unsupported('an operation of too many operands');
    const onlyFull = new Set(this.#loads.filter((load) => this.#isFull(load)).map(({ value }) => value));
    for (const load of this.#loads) if (!this.#isFull(load)) onlyFull.delete(load.value);
    // Stores happen one after the other: none may overwrite what another copies.
    for (const { value } of this.#stores) if (value < FIRST_STEP) onlyFull.delete(this.#loads[value]!.value);
    const names = this.#steps.map(({ operation }) => operation);
    return {
      name: 'chain',
      label: `chain [${this.#size}] ${[...names, ...this.#folds.map(({ fold }) => `fold ${fold}`)].join(' ') || 'copy'}`,
      reads: this.#loads.map(({ value }) => value),
      writes: [...this.#stores, ...this.#folds].map(({ target }) => target),
      inPlace: this.#stores.flatMap(({ target: write }) => [...onlyFull].map((read) => ({ write, read }))),
      payload: (locate) => this.#payload(locate),
    };
  }
}

/** Writes the chain of a cluster. */
export function writeChain({ size, nodes }: Cluster, w: ProgramWriter): void {
  const { flow } = w;
  const chain = new ChainBuilder(size, w);
  const inside = new Map<number, ChainValue>();
  const operand = (id: number, out: readonly number[]): ChainValue => {
    const made = inside.get(flow.root(id));
    return made ?? chain.load(id, broadcastView(flow.type(id).shape, out));
  };
  const value = (node: Node): ChainValue => {
    const out = flow.type(node.outputs[0]!).shape;
    const first = flow.type(node.inputs[0]!);
    if (isView(node)) return chain.load(first.id, viewOf(node, first.shape, out));
    const { dtype } = node.kernel === 'Select' ? flow.type(node.inputs[1]!) : first;
    const operands = node.inputs.map((id) => operand(id, out));
    return CHAIN_KERNELS[node.kernel]!({ node, operands, dtype, w: chain });
  };
  for (const node of nodes) {
    const target = flow.root(node.outputs[0]!);
    if (isReduction(node)) {
      const x = flow.type(node.inputs[0]!);
      const { fold, columns, divisor } = reductionOf(node, x.shape, x.dtype);
      chain.fold({ fold, columns, divisor, target, value: operand(x.id, x.shape) });
      continue;
    }
    inside.set(target, value(node));
    const isReadElsewhere = flow.consumers(target).some((index) => !nodes.includes(flow.nodes[index]!));
    if (isReadElsewhere || flow.isKept(target)) chain.store(inside.get(target)!, target);
  }
  w.emit(chain.operation());
}

/** Writes a copy of a value as another view sees it, into new memory; for operations that want it dense. */
export function writeCopy(id: number, view: View, w: ProgramWriter): number {
  const size = view.lengths.reduce((product, n) => product * n, 1);
  const target = w.temporary(size);
  const chain = new ChainBuilder(size, w);
  chain.store(chain.load(id, view), target);
  w.emit(chain.operation());
  return target;
}
