import { WeightsError } from './errors.ts';

/** The array that holds each element type. F16 and BF16 are raw bits; BOOL is 0 or 1 a byte. */
export interface TypedArrays {
  F64: Float64Array;
  F32: Float32Array;
  F16: Uint16Array;
  BF16: Uint16Array;
  I64: BigInt64Array;
  U64: BigUint64Array;
  I32: Int32Array;
  U32: Uint32Array;
  I16: Int16Array;
  U16: Uint16Array;
  I8: Int8Array;
  U8: Uint8Array;
  BOOL: Uint8Array;
}

/** Element types, by their safetensors names. */
export type DType = keyof TypedArrays;

/** A tensor of one element type: row-major (the last axis is the fastest), no strides, a scalar has shape []. */
export interface TensorOf<D extends DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: TypedArrays[D];
}

/** A tensor of any element type; `dtype` names the type of `data`. */
export type TensorData = { [D in DType]: TensorOf<D> }[DType];

interface ArrayType {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArrays[DType];
}

const arrayTypes: Readonly<Record<DType, ArrayType>> = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** All element types this package knows. */
export const dtypes = Object.keys(arrayTypes) as readonly DType[];

export function isDType(name: unknown): name is DType {
  return typeof name === 'string' && Object.hasOwn(arrayTypes, name);
}

/** Bytes an element. */
export function itemSize(dtype: DType): number {
  return arrayTypes[dtype].BYTES_PER_ELEMENT;
}

/** The number of elements of a shape, or undefined when a length is no natural number or the product leaves 2^53. */
export function elementCount(shape: readonly number[]): number | undefined {
  let count = 1;
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) return undefined;
    count *= length;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

export type ByteOrder = 'little' | 'big';

const hostOrder: ByteOrder = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 'little' : 'big';

/** Whether elements in this byte order must be turned round on this machine. */
export function isForeign(order: ByteOrder, dtype: DType): boolean {
  return order !== hostOrder && itemSize(dtype) > 1;
}

/**
 * The tensor that lies in `bytes` (exactly its elements, row-major). A view of the same memory where the address is
 * aligned and the byte order is this machine's; otherwise a copy.
 */
export function tensorFromBytes(
  kind: { readonly dtype: DType; readonly shape: readonly number[] },
  bytes: Uint8Array,
  order: ByteOrder = 'little',
): TensorData {
  const size = itemSize(kind.dtype);
  const foreign = isForeign(order, kind.dtype);
  const aligned = bytes.byteOffset % size === 0;
  // Not slice(): a Buffer's is no copy.
  const source = foreign ? swapped(bytes, size) : aligned ? bytes : new Uint8Array(bytes);
  const data = new arrayTypes[kind.dtype](source.buffer, source.byteOffset, source.byteLength / size);
  return { dtype: kind.dtype, shape: kind.shape, data } as TensorData;
}

/** The elements of a tensor as little-endian bytes: a view where this machine is little-endian. */
export function bytesOfTensor(tensor: TensorData): Uint8Array {
  const { buffer, byteOffset, byteLength } = tensor.data;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const size = itemSize(tensor.dtype);
  return isForeign('little', tensor.dtype) ? swapped(bytes, size) : bytes;
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(bytes.byteLength);
  for (let start = 0; start < bytes.byteLength; start += size) {
    for (let i = 0; i < size; i++) result[start + i] = bytes[start + size - 1 - i]!;
  }
  return result;
}

/** @throws WeightsError when the array is not of the dtype's kind or does not hold exactly the shape's elements. */
export function checkTensor(who: string, tensor: TensorData): void {
  if (!isDType(tensor.dtype)) {
    throw new WeightsError(`${who}: unknown dtype ${String(tensor.dtype)}`, {
      cure: `one of ${dtypes.join(', ')}`,
    });
  }
  const count = elementCount(tensor.shape);
  if (count !== tensor.data.length) {
    throw new WeightsError(
      `${who}: shape [${tensor.shape.join(', ')}] does not fit an array of ${tensor.data.length} elements`,
      { cure: 'the product of the shape must be the length of the array' },
    );
  }
  if (!(tensor.data instanceof arrayTypes[tensor.dtype])) {
    throw new WeightsError(`${who}: ${tensor.dtype} data is held in ${tensor.data.constructor.name}`, {
      cure: `give ${arrayTypes[tensor.dtype].name}`,
    });
  }
}
