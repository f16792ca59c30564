import type { DType } from '../engine.ts';
import type { Constant } from '../graph/graph.ts';
import type { Flow } from './flow.ts';
import type { Operation, Place } from './operation.ts';

/** The constants of a program, each kept once. */
class ConstantPool {
  readonly #words: Float32Array[] = [];
  readonly #scalars = new Map<string, number>();
  #length = 0;

  add(words: Float32Array): number {
    const at = this.#length;
    this.#words.push(words);
    this.#length += words.length;
    return at;
  }

  scalar(value: number, dtype: DType): number {
    const words = wordsOf({ fill: value }, 1, dtype);
    const key = new Uint32Array(words.buffer).join();
    const at = this.#scalars.get(key) ?? this.add(words);
    this.#scalars.set(key, at);
    return at;
  }

  all(): Float32Array {
    const all = new Float32Array(this.#length);
    let at = 0;
    for (const words of this.#words) {
      new Uint32Array(all.buffer).set(new Uint32Array(words.buffer), at);
      at += words.length;
    }
    return all;
  }
}

/** A constant as the words of a program: whole numbers by their bits, truth values as 0 and 1. */
function wordsOf(constant: Constant, size: number, dtype: DType): Float32Array {
  const words = dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
  if ('values' in constant) words.set(constant.values);
  else words.fill(constant.fill);
  return words instanceof Int32Array ? new Float32Array(words.buffer) : words;
}

/** Collects the operations of a program, with the values that they need beside those of the graph. */
export class ProgramWriter {
  readonly flow: Flow;
  readonly operations: Operation[] = [];
  readonly constants = new ConstantPool();
  /** Where constants lie. */
  readonly placed = new Map<number, Place>();
  readonly #sizes = new Map<number, number>();
  #next = -1;

  constructor(flow: Flow) {
    this.flow = flow;
  }

  emit(operation: Operation): void {
    this.operations.push(operation);
  }

  /** Memory for `size` words that is no value of the graph. */
  temporary(size: number): number {
    const id = this.#next--;
    this.#sizes.set(id, size);
    return id;
  }

  /** The value to read for a value of the graph; constants are put where they can be read. */
  source(id: number): number {
    const root = this.flow.root(id);
    const constant = this.flow.constant(root);
    if (constant && !this.placed.has(root)) {
      const words = wordsOf(constant, this.flow.size(root), this.flow.type(root).dtype);
      this.placed.set(root, { space: 1, offset: this.constants.add(words) });
    }
    return root;
  }

  /** One number as a value. */
  scalar(value: number, dtype: DType): number {
    const id = this.temporary(1);
    this.placed.set(id, { space: 1, offset: this.constants.scalar(value, dtype) });
    return id;
  }

  /** Words of a root or temporary value. */
  size(id: number): number {
    return this.#sizes.get(id) ?? this.flow.size(id);
  }
}
