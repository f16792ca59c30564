import { GlobalRef, Inert, kindOf, Opaque, Tuple } from '../pickle/values.ts';
import { convert, ElementType, elementTypes, UnreadType } from './element-types.ts';
import type { Reading } from './limits.ts';
import { TorchTensor, UnreadTensor } from './tensor.ts';
import type { Storage } from './tensor.ts';

/** A storage on the pickle's stack. */
export class StorageValue {
  readonly storage: Storage;

  constructor(storage: Storage) {
    this.storage = storage;
  }
}

/** The names in the pickle of a state dict that have a meaning here. */
export function torchGlobals(reading: Reading): ReadonlyMap<string, unknown> {
  const globals = new Map<string, unknown>();
  const define = (name: string, make?: (args: readonly unknown[]) => unknown) =>
    globals.set(name, new GlobalRef(make ? { name, make } : { name }));
  for (const [name, type] of elementTypes()) globals.set(name, type);
  for (const name of ['contiguous_format', 'channels_last', 'preserve_format', 'strided']) {
    globals.set(`torch.${name}`, new Opaque(`torch.${name}`));
  }
  defineContainers(reading, define);
  defineTensors(reading, define);
  return globals;
}

type Define = (name: string, make?: (args: readonly unknown[]) => unknown) => void;

function defineContainers(reading: Reading, define: Define): void {
  define('collections.OrderedDict', ([pairs]) => new Map(pairs === undefined ? [] : pairsOf(reading, pairs)));
  define('collections.defaultdict', () => new Map());
  define('collections.Counter', ([counts]) => (counts instanceof Map ? counts : new Map()));
  define('collections.deque', ([items]) => (items === undefined ? [] : [...listOf(reading, items)]));
  define('torch.Size', ([items]) => new Tuple(listOf(reading, items)));
  for (const module of ['builtins', '__builtin__']) {
    define(`${module}.set`, ([items]) => new Set(items === undefined ? [] : listOf(reading, items)));
    define(`${module}.frozenset`, ([items]) => new Set(items === undefined ? [] : listOf(reading, items)));
    define(`${module}.bytearray`, () => new Opaque('bytearray'));
    define(`${module}.complex`, () => new Opaque('complex'));
  }
  define('_codecs.encode', () => new Opaque('bytes'));
  define('torch.device', () => new Opaque('torch.device'));
  define('torch.serialization._get_layout', () => new Opaque('layout'));
}

function defineTensors(reading: Reading, define: Define): void {
  for (const name of ['torch.Tensor', 'torch.nn.parameter.Parameter', 'torch.nn.parameter.Buffer']) {
    define(name, ([data]) => tensorOf(reading, data));
  }
  for (const name of ['_rebuild_tensor', '_rebuild_tensor_v2', '_rebuild_qtensor']) {
    define(`torch._utils.${name}`, (args) => rebuild(reading, args));
  }
  define('torch._utils._rebuild_tensor_v3', (args) => {
    const type = args[6];
    if (!(type instanceof ElementType || type instanceof UnreadType)) {
      throw reading.damaged(`the dtype of a tensor is ${kindOf(type)}`);
    }
    return rebuild(reading, args, type);
  });
  define('torch._utils._rebuild_parameter', ([data]) => tensorOf(reading, data));
  define('torch._utils._rebuild_parameter_with_state', ([data]) => tensorOf(reading, data));
  for (const module of ['torch._tensor', 'torch.tensor']) {
    for (const name of ['_rebuild_from_type', '_rebuild_from_type_v2']) {
      define(`${module}.${name}`, (args) => fromType(reading, args));
    }
  }
  defineUnread(reading, define);
}

/** Kinds of tensors whose values are not read; each is an error only where the weights asked for need it. */
const SPARSE = { kind: 'sparse values', cure: convert('v.to_dense()') };
const NESTED = { kind: 'nested tensors', cure: convert('v.to_padded_tensor(0)') };
const META = {
  kind: 'no values (device meta)',
  cure: 'save it again after the weights are loaded into the model',
};

function defineUnread(reading: Reading, define: Define): void {
  const sizeOf = (data: unknown): unknown => (data instanceof Tuple ? data.items[2] : undefined);
  define(
    'torch._utils._rebuild_sparse_tensor',
    ([, data]) => new UnreadTensor(reading, SPARSE, shapeOf(sizeOf(data))),
  );
  define('torch._utils._rebuild_nested_tensor', () => new UnreadTensor(reading, NESTED, []));
  define(
    'torch._utils._rebuild_meta_tensor_no_storage',
    ([, shape]) => new UnreadTensor(reading, META, shapeOf(shape)),
  );
}

const shapeOf = (value: unknown): readonly number[] =>
  value instanceof Tuple ? value.items.map(numberOf) : [];

/**
 * A tensor of a subclass, or with attributes: the function that rebuilds it and its arguments are arguments themselves.
 * The values are those of a plain tensor.
 */
function fromType(reading: Reading, args: readonly unknown[]): unknown {
  const [make, type, inner] = args;
  if (!(make instanceof GlobalRef) || !make.make || !(inner instanceof Tuple)) {
    throw reading.damaged(`a tensor is to be rebuilt by ${kindOf(make)} as ${kindOf(type)}`);
  }
  return make.make(inner.items);
}

/** A tensor of a storage; inert where the storage is, unread where its elements are. */
function rebuild(
  reading: Reading,
  args: readonly unknown[],
  type?: ElementType | UnreadType,
): TorchTensor | UnreadTensor | Inert {
  const [source, offset, shape, strides] = args;
  if (source instanceof Inert) return new Inert(source.kind, args);
  if (!(source instanceof StorageValue)) throw reading.damaged(`a tensor is to be made of ${kindOf(source)}`);
  const { storage } = source;
  const elements = type ?? storage.type;
  if (elements instanceof UnreadType) return new UnreadTensor(reading, elements, shapeOf(shape));
  return new TorchTensor(reading, storage, {
    dtype: elements.dtype,
    shape: listOf(reading, shape).map(numberOf),
    strides: listOf(reading, strides).map(numberOf),
    offset: numberOf(offset),
  });
}

/** NaN for all but numbers, which no shape passes. */
function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}

function tensorOf(reading: Reading, value: unknown): TorchTensor | UnreadTensor | Inert {
  if (value instanceof TorchTensor || value instanceof UnreadTensor || value instanceof Inert) return value;
  throw reading.damaged(`a parameter is to be made of ${kindOf(value)}`);
}

function listOf(reading: Reading, value: unknown): readonly unknown[] {
  if (value instanceof Tuple) return value.items;
  if (!Array.isArray(value)) throw reading.damaged(`${kindOf(value)} stands where a tuple belongs`);
  return value;
}

function pairsOf(reading: Reading, value: unknown): readonly (readonly [unknown, unknown])[] {
  return listOf(reading, value).map((pair) => {
    const items = listOf(reading, pair);
    if (items.length !== 2) throw reading.damaged('a dict has a key without a value');
    return [items[0], items[1]];
  });
}
