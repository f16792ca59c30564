import type { PickleHost } from '../pickle/machine.ts';
import { GlobalRef, kindOf, Tuple } from '../pickle/values.ts';
import { itemSize } from '../tensor-data.ts';
import { ElementType, UnreadType } from './element-types.ts';
import { StorageValue, torchGlobals } from './globals.ts';
import type { Reading } from './limits.ts';
import { TorchTensor, UnreadTensor } from './tensor.ts';
import type { Storage } from './tensor.ts';

/** A storage as a persistent id names it. */
export interface StorageId {
  readonly type: ElementType | UnreadType;
  readonly key: string;
  /** Elements. */
  readonly count: number;
  readonly byteLength: number;
  /** What only the legacy format adds: None, or (key, offset, count) of a view of the storage. */
  readonly view: unknown;
}

/**
 * The meaning of names and persistent ids in pickles by torch.save. Where a tensor was (cpu, cuda:0) is ignored; names
 * that mean nothing here give inert data.
 */
export function torchHost(reading: Reading, load: (id: StorageId) => Storage): PickleHost {
  const globals = torchGlobals(reading);
  return {
    who: reading.who,
    limits: reading.limits,
    findGlobal: (name) => globals.get(name) ?? GlobalRef.unknown(name),
    bearsAttributes: (value) => value instanceof TorchTensor || value instanceof UnreadTensor,
    loadPersistent: (id) => moduleClass(id) ?? new StorageValue(load(storageId(reading, id))),
  };
}

/** Names and persistent ids mean nothing: for pickles of plain values. */
export function plainHost(reading: Reading): PickleHost {
  return {
    who: reading.who,
    limits: reading.limits,
    findGlobal: () => undefined,
    bearsAttributes: () => false,
    loadPersistent: () => {
      throw reading.damaged('a persistent id where none belongs');
    },
  };
}

/** Files before PyTorch 1.6 keep the source text of a module's class beside it: the class is all that is needed. */
function moduleClass(id: unknown): GlobalRef | undefined {
  const [kind, type] = id instanceof Tuple ? id.items : [];
  return kind === 'module' && type instanceof GlobalRef ? type : undefined;
}

function storageId(reading: Reading, id: unknown): StorageId {
  const [kind, type, key, , count, view] = id instanceof Tuple ? id.items : [];
  const named = typeof key === 'string' || typeof key === 'number';
  const isType = type instanceof ElementType || type instanceof UnreadType;
  if (kind !== 'storage' || !isType || !named) {
    throw reading.damaged(`a persistent id names ${kindOf(id)}, no storage of a known type`);
  }
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) {
    throw reading.damaged('a storage has an impossible size');
  }
  const each = type instanceof ElementType ? itemSize(type.dtype) : type.itemSize;
  return { type, key: String(key), count, byteLength: count * each, view: view ?? null };
}
