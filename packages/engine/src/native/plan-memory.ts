import type { Operation } from './operation.ts';

/** Words from one aligned place to the next: 64 bytes. */
const ALIGNMENT = 16;

/** Values that share a piece of memory, one after the other, from the first operation that writes it on. */
interface Block {
  readonly size: number;
  readonly first: number;
  last: number;
  offset: number;
}

/** What the arena is planned for. */
export interface MemoryRequest {
  readonly operations: readonly Operation[];
  readonly size: (value: number) => number;
  /** True for values that lie in the arena. */
  readonly isPlanned: (value: number) => boolean;
  /** Written before the first operation. */
  readonly inputs: readonly number[];
  /** Read after the last operation. */
  readonly kept: readonly number[];
}

export interface MemoryPlan {
  /** Words of the arena. */
  readonly size: number;
  readonly offset: (value: number) => number;
}

/** The last operation that touches each value. */
export function lastUses(operations: readonly Operation[]): Map<number, number> {
  const last = new Map<number, number>();
  for (const [index, { reads, writes }] of operations.entries()) {
    for (const value of [...reads, ...writes]) last.set(value, index);
  }
  return last;
}

/** Which values share a block: a result takes over an operand's where that is not needed any more. */
function blocksOf({ operations, size, isPlanned, inputs, kept }: MemoryRequest): Map<number, Block> {
  const last = lastUses(operations);
  for (const value of kept) last.set(value, operations.length);
  const blocks = new Map<number, Block>();
  for (const value of inputs) {
    blocks.set(value, { size: size(value), first: -1, last: last.get(value) ?? -1, offset: 0 });
  }
  for (const [index, { writes, inPlace }] of operations.entries()) {
    const taken = new Set<number>();
    for (const value of writes) {
      if (!isPlanned(value) || blocks.has(value)) continue;
      const pair = inPlace.find(
        ({ write, read }) =>
          write === value &&
          last.get(read) === index &&
          !taken.has(read) &&
          isPlanned(read) &&
          blocks.has(read),
      );
      if (pair) taken.add(pair.read);
      const block = pair
        ? blocks.get(pair.read)!
        : { size: size(value), first: index, last: index, offset: 0 };
      block.last = Math.max(block.last, last.get(value)!);
      blocks.set(value, block);
    }
  }
  return blocks;
}

/** Gives each block the lowest place that is free for as long as it is needed, the largest blocks first. */
export function planMemory(request: MemoryRequest): MemoryPlan {
  const blocks = blocksOf(request);
  const placed: Block[] = [];
  const order = [...new Set(blocks.values())].sort((a, b) => b.size - a.size || a.first - b.first);
  let end = 0;
  for (const block of order) {
    const neighbours = placed
      .filter((other) => other.first <= block.last && block.first <= other.last)
      .sort((a, b) => a.offset - b.offset);
    const length = Math.ceil(block.size / ALIGNMENT) * ALIGNMENT;
    let offset = 0;
    for (const other of neighbours) {
      if (other.offset - offset >= length) break;
      offset = Math.max(offset, Math.ceil((other.offset + other.size) / ALIGNMENT) * ALIGNMENT);
    }
    block.offset = offset;
    end = Math.max(end, offset + length);
    placed.push(block);
  }
  return { size: end, offset: (value) => blocks.get(value)!.offset };
}
