import { GlobalRef, kindOf, Opaque, Tuple } from '../pickle/values.ts';
import type { DType } from '../tensor-data.ts';
import type { Reading } from './limits.ts';
import { TorchTensor } from './tensor.ts';
import type { Storage } from './tensor.ts';

/** The element type of a storage class or a `torch.dtype`, as the pickle mentions it. */
export class ElementType extends Opaque {
  readonly dtype: DType;

  constructor(name: string, dtype: DType) {
    super(name);
    this.dtype = dtype;
  }
}

/** A storage on the pickle's stack. */
export class StorageValue {
  readonly storage: Storage;

  constructor(storage: Storage) {
    this.storage = storage;
  }
}

const storageTypes: Readonly<Record<string, DType>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
  UntypedStorage: 'U8',
  _UntypedStorage: 'U8',
};

const dtypeNames: Readonly<Record<string, DType>> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  uint64: 'U64',
  int32: 'I32',
  uint32: 'U32',
  int16: 'I16',
  uint16: 'U16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
};

const attributeBearers = new Set(['torch.Tensor', 'torch.nn.parameter.Parameter']);

/** All that a state dict's pickle may name, with the meaning it has here. */
export function torchGlobals(reading: Reading): ReadonlyMap<string, unknown> {
  const globals = new Map<string, unknown>();
  const define = (name: string, make?: (args: readonly unknown[]) => unknown) =>
    globals.set(name, new GlobalRef(make ? { name, make } : { name }));
  for (const [name, dtype] of Object.entries(storageTypes)) {
    for (const module of ['torch', 'torch.cuda', 'torch.storage']) {
      globals.set(`${module}.${name}`, new ElementType(`${module}.${name}`, dtype));
    }
  }
  for (const [name, dtype] of Object.entries(dtypeNames))
    globals.set(`torch.${name}`, new ElementType(name, dtype));
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
  for (const name of attributeBearers) define(name, ([data]) => tensorOf(reading, data));
  define('torch._utils._rebuild_tensor', (args) => rebuild(reading, args));
  define('torch._utils._rebuild_tensor_v2', (args) => rebuild(reading, args));
  define('torch._utils._rebuild_tensor_v3', (args) => {
    const type = args[6];
    if (!(type instanceof ElementType)) throw reading.damaged(`a tensor's dtype is ${kindOf(type)}`);
    return rebuild(reading, args, type.dtype);
  });
  define('torch._utils._rebuild_parameter', ([data]) => tensorOf(reading, data));
  define('torch._utils._rebuild_parameter_with_state', ([data]) => tensorOf(reading, data));
  for (const module of ['torch._tensor', 'torch.tensor']) {
    define(`${module}._rebuild_from_type_v2`, ([make, type, args]) =>
      fromType(reading, { make, type, args }),
    );
  }
}

/** A tensor with attributes: the function that rebuilds it and its arguments are arguments themselves. */
function fromType(reading: Reading, call: { make: unknown; type: unknown; args: unknown }): TorchTensor {
  const { make, type, args } = call;
  const known =
    make instanceof GlobalRef && make.name.startsWith('torch._utils._rebuild_') && make.make !== undefined;
  const plain = type instanceof GlobalRef && attributeBearers.has(type.name);
  if (!known || !plain || !(args instanceof Tuple)) {
    throw reading.damaged(`a tensor is to be rebuilt by ${kindOf(make)} as ${kindOf(type)}`);
  }
  return tensorOf(reading, make.make(args.items));
}

function rebuild(reading: Reading, args: readonly unknown[], dtype?: DType): TorchTensor {
  const [source, offset, shape, strides] = args;
  if (!(source instanceof StorageValue)) throw reading.damaged(`a tensor is to be made of ${kindOf(source)}`);
  const { storage } = source;
  return new TorchTensor(reading, storage, {
    dtype: dtype ?? storage.dtype,
    shape: listOf(reading, shape).map(numberOf),
    strides: listOf(reading, strides).map(numberOf),
    offset: numberOf(offset),
  });
}

/** NaN for all but numbers, which no shape passes. */
function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}

function tensorOf(reading: Reading, value: unknown): TorchTensor {
  if (!(value instanceof TorchTensor)) throw reading.damaged(`a parameter is to be made of ${kindOf(value)}`);
  return value;
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
