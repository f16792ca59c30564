import { Opaque } from '../pickle/values.ts';
import type { DType } from '../tensor-data.ts';

/** The element type of a storage class or a `torch.dtype`, as the pickle mentions it. */
export class ElementType extends Opaque {
  readonly dtype: DType;

  constructor(name: string, dtype: DType) {
    super(name);
    this.dtype = dtype;
  }
}

/** An element type that is not read. Its storages are passed over, so only its size must be known. */
export class UnreadType extends Opaque {
  /** Bytes per element. */
  readonly itemSize: number;
  readonly cure: string;

  constructor(name: string, itemSize: number, conversion: string) {
    super(name);
    this.itemSize = itemSize;
    this.cure = convert(conversion);
  }
}

/** The cure that makes tensors readable by a Python expression of a tensor `v`. */
export const convert = (expression: string): string =>
  `convert them in Python, if you trust the file: torch.save({k: ${expression} for k, v in state_dict.items()}, path)`;

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

const dtypes: Readonly<Record<string, DType>> = {
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

/** Storage classes and dtypes that are recognised and not read, by what messages call them, with their bytes. */
const unread: Readonly<Record<string, readonly [name: string, itemSize: number]>> = {
  ComplexFloatStorage: ['complex numbers (complex64)', 8],
  ComplexDoubleStorage: ['complex numbers (complex128)', 16],
  QInt8Storage: ['quantised 8-bit integers (qint8)', 1],
  QUInt8Storage: ['quantised 8-bit integers (quint8)', 1],
  QInt32Storage: ['quantised 32-bit integers (qint32)', 4],
  QUInt4x2Storage: ['quantised 4-bit integers (quint4x2)', 1],
  QUInt2x4Storage: ['quantised 2-bit integers (quint2x4)', 1],
  complex32: ['complex numbers (complex32)', 4],
  complex64: ['complex numbers (complex64)', 8],
  complex128: ['complex numbers (complex128)', 16],
  qint8: ['quantised 8-bit integers (qint8)', 1],
  quint8: ['quantised 8-bit integers (quint8)', 1],
  qint32: ['quantised 32-bit integers (qint32)', 4],
  quint4x2: ['quantised 4-bit integers (quint4x2)', 1],
  quint2x4: ['quantised 2-bit integers (quint2x4)', 1],
  float8_e4m3fn: ['8-bit floats (float8_e4m3fn)', 1],
  float8_e4m3fnuz: ['8-bit floats (float8_e4m3fnuz)', 1],
  float8_e5m2: ['8-bit floats (float8_e5m2)', 1],
  float8_e5m2fnuz: ['8-bit floats (float8_e5m2fnuz)', 1],
  float8_e8m0fnu: ['8-bit exponents (float8_e8m0fnu)', 1],
  float4_e2m1fn_x2: ['4-bit floats (float4_e2m1fn_x2)', 1],
};

/** Every storage class and dtype of PyTorch that has a meaning here, by its full name. */
export function elementTypes(): ReadonlyMap<string, ElementType | UnreadType> {
  const types = new Map<string, ElementType | UnreadType>();
  const define = (name: string, type: ElementType | UnreadType): void => {
    const modules = name.endsWith('Storage') ? ['torch', 'torch.cuda', 'torch.storage'] : ['torch'];
    for (const module of modules) types.set(`${module}.${name}`, type);
  };
  for (const [name, dtype] of Object.entries(storageTypes)) {
    define(name, new ElementType(`torch.${name}`, dtype));
  }
  for (const [name, dtype] of Object.entries(dtypes)) define(name, new ElementType(name, dtype));
  for (const [name, [kind, itemSize]] of Object.entries(unread)) {
    define(name, new UnreadType(kind, itemSize, conversionOf(kind)));
  }
  return types;
}

const conversionOf = (kind: string): string =>
  kind.startsWith('complex')
    ? 'torch.view_as_real(v)'
    : kind.startsWith('quantised')
      ? 'v.dequantize()'
      : 'v.float()';
