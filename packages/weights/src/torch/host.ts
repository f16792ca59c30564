import { quote, WeightsError } from '../errors.ts';
import type { PickleHost } from '../pickle/machine.ts';
import { kindOf, Tuple } from '../pickle/values.ts';
import type { DType } from '../tensor-data.ts';
import { ElementType, StorageValue, torchGlobals } from './globals.ts';
import type { Reading } from './limits.ts';
import { TorchTensor } from './tensor.ts';
import type { Storage } from './tensor.ts';

/** A storage as a persistent id names it. */
export interface StorageId {
  readonly dtype: DType;
  readonly key: string;
  /** Elements. */
  readonly count: number;
  /** What only the legacy format adds: None, or (key, offset, count) of a view of the storage. */
  readonly view: unknown;
}

const storageClass = /^torch\.(cuda\.)?\w+Storage$/;

function unreadable(reading: Reading, name: string): WeightsError {
  return new WeightsError(
    `${reading.who}: holds tensors of ${quote(name).slice(1, -1)}, which are not read`,
    {
      cure: 'convert them in Python: tensor.float()',
    },
  );
}

/** The meaning of names and persistent ids in pickles by torch.save. Where a tensor was (cpu, cuda:0) is ignored. */
export function torchHost(reading: Reading, load: (id: StorageId) => Storage): PickleHost {
  const globals = torchGlobals(reading);
  return {
    who: reading.who,
    limits: reading.limits,
    findGlobal: (name) => {
      if (!globals.has(name) && storageClass.test(name)) throw unreadable(reading, name);
      return globals.get(name);
    },
    bearsAttributes: (value) => value instanceof TorchTensor,
    loadPersistent: (id) => new StorageValue(load(storageId(reading, id))),
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

function storageId(reading: Reading, id: unknown): StorageId {
  const [kind, type, key, , count, view] = id instanceof Tuple ? id.items : [];
  const named = typeof key === 'string' || typeof key === 'number';
  if (kind !== 'storage' || !(type instanceof ElementType) || !named) {
    throw reading.damaged(`a persistent id names ${kindOf(id)}, no storage of a known type`);
  }
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) {
    throw reading.damaged('a storage has an impossible size');
  }
  return { dtype: type.dtype, key: String(key), count, view: view ?? null };
}
