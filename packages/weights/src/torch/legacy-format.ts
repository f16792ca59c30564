import { quote } from '../errors.ts';
import type { PickleHost } from '../pickle/machine.ts';
import { unpickle } from '../pickle/unpickle.ts';
import { Tuple } from '../pickle/values.ts';
import { plainHost, torchHost } from './host.ts';
import type { StorageId } from './host.ts';
import type { Reading } from './limits.ts';
import type { Storage } from './tensor.ts';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;
const LENGTH_BYTES = 8;

/** Whether a file begins with a pickle of the magic number, as the protocols write it: text, plain, in a frame. */
export function looksLegacy(bytes: Uint8Array): boolean {
  const begin = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return begin.startsWith(`L${MAGIC}`.slice(0, 16)) || /^\x80[^](\x95[^]{8})?\x8a\x0a/.test(begin);
}

/**
 * What torch.save wrote before version 1.6, and still does with `_use_new_zipfile_serialization=False`: pickles of the
 * magic number, the version, the system, the object and the list of storage keys, then each storage as its element
 * count (int64) and its elements. Always little-endian, whatever the system says.
 */
export function readLegacyFormat(reading: Reading, bytes: Uint8Array): unknown {
  const file = new LegacyFile(reading, bytes);
  if (file.pickle(plainHost(reading)) !== MAGIC)
    throw reading.damaged('the magic number of PyTorch is missing');
  if (file.pickle(plainHost(reading)) !== PROTOCOL_VERSION)
    throw reading.damaged('unknown version of the legacy format');
  file.pickle(plainHost(reading));
  const wanted = new Map<string, StorageId>();
  const found = new Map<string, Uint8Array>();
  const load = (id: StorageId): Storage => {
    const known = wanted.get(id.key);
    if (known && (known.type !== id.type || known.count !== id.count)) {
      throw reading.damaged(`storage ${quote(id.key)} is described in two ways`);
    }
    wanted.set(id.key, id);
    return viewOf(reading, id, () => found.get(id.key)!);
  };
  const value = file.pickle(torchHost(reading, load));
  const keys = file.pickle(plainHost(reading));
  for (const key of Array.isArray(keys) ? keys : []) {
    const id = typeof key === 'string' || typeof key === 'number' ? wanted.get(String(key)) : undefined;
    if (!id || found.has(id.key))
      throw reading.damaged('a storage that no tensor asks for, or the same twice');
    found.set(id.key, file.storage(id));
  }
  if (found.size !== wanted.size) throw reading.damaged(`${wanted.size - found.size} storages are missing`);
  return value;
}

class LegacyFile {
  private readonly reading: Reading;
  private readonly bytes: Uint8Array;
  private position = 0;

  constructor(reading: Reading, bytes: Uint8Array) {
    this.reading = reading;
    this.bytes = bytes;
  }

  pickle(host: PickleHost): unknown {
    const stop = this.position + this.reading.limits.maxPickleBytes;
    const bytes = this.bytes.subarray(0, stop);
    const { value, end } = unpickle(host, bytes, this.position);
    this.position = end;
    return value;
  }

  storage({ key, count, byteLength }: StorageId): Uint8Array {
    const start = this.position + LENGTH_BYTES;
    const end = start + byteLength;
    if (end > this.bytes.byteLength) throw this.reading.damaged(`the file ends inside storage ${quote(key)}`);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.position, LENGTH_BYTES);
    const claimed = view.getBigInt64(0, true);
    if (claimed !== BigInt(count)) {
      throw this.reading.damaged(`storage ${quote(key)} has ${claimed} elements, not ${count}`);
    }
    this.position = end;
    return this.bytes.subarray(start, end);
  }
}

function viewOf(reading: Reading, id: StorageId, bytes: () => Uint8Array): Storage {
  const { type, count, byteLength } = id;
  if (id.view === null) return { type, byteLength, order: 'little', bytes };
  const size = count === 0 ? 0 : byteLength / count;
  const [, offset, length] = id.view instanceof Tuple ? id.view.items : [];
  const natural = [offset, length].every((value) => Number.isSafeInteger(value) && (value as number) >= 0);
  if (!natural || (offset as number) + (length as number) > count) {
    throw reading.damaged(`a view leads out of storage ${quote(id.key)}`);
  }
  const [start, end] = [(offset as number) * size, ((offset as number) + (length as number)) * size];
  return { type, byteLength: end - start, order: 'little', bytes: () => bytes().subarray(start, end) };
}
