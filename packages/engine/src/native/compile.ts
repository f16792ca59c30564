import { sizeOf, type Graph, type Node, type StateEdge } from '../graph/graph.ts';
import type { Precision } from '../names.ts';
import { clustersOf } from './cluster.ts';
import { expandComposites } from './composites.ts';
import { Flow } from './flow.ts';
import { address, type Locate, type Operation, type Place } from './operation.ts';
import { lastUses, planMemory } from './plan-memory.ts';
import { OPERATIONS, PROGRAM_MAGIC, WORD_TYPES } from './program-format.ts';
import { ProgramWriter } from './program-writer.ts';
import { isReduction } from './reductions.ts';
import { Unsupported } from './unsupported.ts';
import { writeChain } from './write-chain.ts';
import { OTHER_KERNELS, writeReduction } from './write-others.ts';
import { isConvolution, writeConvolution, writeMatMul } from './write-products.ts';

/** A program in the form of packages/native/src/program.h, with what is needed to load and to describe it. */
export interface NativeCode {
  readonly code: Int32Array;
  readonly constants: Float32Array;
  /** The engine's state slots, in the order of the program's. */
  readonly slots: readonly number[];
  /** Bytes of the arena: the memory of everything that is computed. */
  readonly arenaBytes: number;
  /** One line an instruction. */
  readonly lines: readonly string[];
}

function writeSingle(node: Node, precision: Precision, w: ProgramWriter): void {
  if (isConvolution(node)) writeConvolution(node, precision, w);
  else if (node.kernel === 'BatchMatMul') writeMatMul(node, w);
  else if (isReduction(node)) writeReduction(node, w);
  else if (OTHER_KERNELS[node.kernel]) OTHER_KERNELS[node.kernel]!(node, w);
  else throw new Unsupported(`${node.kernel} has no native kernel`);
}

/** Copies one whole value to another. */
function writeWhole(source: number, target: number, w: ProgramWriter): void {
  const size = w.size(source);
  w.emit({
    name: 'copy',
    label: `copy [${size}]`,
    reads: [source],
    writes: [target],
    inPlace: [],
    payload: (locate) => [1, size, 1, 1, ...address(locate(source)), ...address(locate(target))],
  });
}

/** Where outputs and new state come from, after the last operation of the graph. */
class Borders {
  readonly #w: ProgramWriter;
  readonly #state: Graph['state'];
  readonly #slotOfRead = new Map<number, StateEdge>();
  /** Values that outputs are read from. */
  readonly outputs: number[];
  /** By slot: the value that becomes the state, where it is not what the slot holds already. */
  readonly written: { edge: StateEdge; value: number }[] = [];

  constructor(w: ProgramWriter) {
    const { graph } = w.flow;
    this.#w = w;
    this.#state = graph.state;
    for (const edge of graph.state) if (edge.read !== undefined) this.#slotOfRead.set(edge.read, edge);
    this.outputs = graph.outputs.map(({ value }) => this.#stable(w.source(value)));
    for (const edge of this.#state) {
      if (edge.write === undefined) continue;
      const value = w.source(edge.write);
      if (value !== edge.read) this.written.push({ edge, value: this.#stable(value) });
    }
  }

  /** The value itself, or a copy of it where it is state that this step changes. */
  #stable(value: number): number {
    const edge = this.#slotOfRead.get(value);
    if (edge?.write === undefined || this.#w.flow.root(edge.write) === value) return value;
    const copy = this.#w.temporary(this.#w.size(value));
    writeWhole(value, copy, this.#w);
    return copy;
  }
}

/** True where an operation reads the old state only element by element, as it writes the new one. */
const readsInPlace = (operation: Operation, read: number, write: number): boolean =>
  !operation.reads.includes(read) ||
  operation.inPlace.some((pair) => pair.read === read && pair.write === write);

/**
 * Lets operations write new state to where the old one lies, when nothing reads the old one afterwards; other new state
 * is copied there at the end. Where an operation can fail, all of it is copied at the end: a failed step changes nothing.
 */
function placeState(w: ProgramWriter, borders: Borders, slots: readonly number[]): Map<number, Place> {
  const places = new Map<number, Place>();
  const last = lastUses(w.operations);
  const makers = new Map<number, number>();
  for (const [index, { writes }] of w.operations.entries()) {
    for (const value of writes) if (!makers.has(value)) makers.set(value, index);
  }
  const canFail = w.operations.some(({ name }) => name === 'gather');
  for (const edge of w.flow.graph.state) {
    if (edge.read !== undefined) places.set(edge.read, { space: 2 + slots.indexOf(edge.slot), offset: 0 });
  }
  for (const { edge, value } of borders.written) {
    const place = { space: 2 + slots.indexOf(edge.slot), offset: 0 };
    const made = makers.get(value);
    const isFree =
      made !== undefined &&
      !canFail &&
      !places.has(value) &&
      (edge.read === undefined ||
        ((last.get(edge.read) ?? -1) <= made && readsInPlace(w.operations[made]!, edge.read, value)));
    if (isFree) {
      places.set(value, place);
      continue;
    }
    const target = w.temporary(w.size(value));
    places.set(target, place);
    writeWhole(value, target, w);
  }
  return places;
}

function encode(
  w: ProgramWriter,
  { outputs, slots, locate, arena }: { outputs: readonly number[]; slots: readonly number[]; locate: Locate; arena: number },
): Int32Array {
  const { graph } = w.flow;
  const border = (id: number): number[] => {
    const { shape, dtype } = w.flow.type(id);
    return [sizeOf(shape), WORD_TYPES.indexOf(dtype)];
  };
  const code = [
    PROGRAM_MAGIC,
    arena,
    w.constants.all().length,
    slots.length,
    ...slots.map((slot) => {
      const edge = graph.state.find((candidate) => candidate.slot === slot)!;
      return w.size(w.flow.root((edge.read ?? edge.write)!));
    }),
    graph.inputs.length,
    ...graph.inputs.flatMap(({ value }) => [locate(value).offset, ...border(value)]),
    graph.outputs.length,
    ...graph.outputs.flatMap(({ value }, i) => [...address(locate(outputs[i]!)), ...border(value)]),
    w.operations.length,
  ];
  for (const operation of w.operations) {
    const payload = operation.payload(locate);
    code.push(OPERATIONS.indexOf(operation.name), payload.length, ...payload);
  }
  return Int32Array.from(code);
} // prettier-ignore

/**
 * Compiles a graph in TF.js's layouts (images NHWC, filters HWIO) to a flat program.
 *
 * @throws Unsupported where something in the graph has no native kernel.
 */
export function compileGraph(given: Graph, precision: Precision): NativeCode {
  const empty = [...given.values.values()].find(({ shape }) => sizeOf(shape) === 0);
  if (empty) throw new Unsupported(`a tensor of no elements, [${empty.shape.join(', ')}]`);
  const graph = expandComposites(given);
  const w = new ProgramWriter(new Flow(graph));
  for (const cluster of clustersOf(w.flow)) {
    if (cluster.size > 0) writeChain(cluster, w);
    else writeSingle(cluster.nodes[0]!, precision, w);
  }
  const borders = new Borders(w);
  const slots = graph.state.map(({ slot }) => slot);
  const places = placeState(w, borders, slots);
  const fixed = (value: number): Place | undefined => w.placed.get(value) ?? places.get(value);
  const plan = planMemory({
    operations: w.operations,
    size: (value) => w.size(value),
    isPlanned: (value) => fixed(value) === undefined,
    inputs: graph.inputs.map(({ value }) => value),
    kept: borders.outputs,
  });
  const locate: Locate = (value) => fixed(value) ?? { space: 0, offset: plan.offset(value) };
  return {
    code: encode(w, { outputs: borders.outputs, slots, locate, arena: plan.size }),
    constants: w.constants.all(),
    slots,
    arenaBytes: plan.size * 4,
    lines: w.operations.map(({ label }) => label),
  };
}
