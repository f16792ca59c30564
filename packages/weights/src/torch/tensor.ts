import { quote } from '../errors.ts';
import { elementCount, isForeign, itemSize, tensorFromBytes } from '../tensor-data.ts';
import type { ByteOrder, DType, TensorData, TypedArrays } from '../tensor-data.ts';
import type { ElementType, UnreadType } from './element-types.ts';
import type { Reading } from './limits.ts';

const MAX_RANK = 64;

/** The memory that tensors are views of. Its bytes may come after the pickle, so they are asked for last. */
export interface Storage {
  readonly type: ElementType | UnreadType;
  readonly byteLength: number;
  readonly order: ByteOrder;
  bytes(): Uint8Array;
}

/** A tensor as the pickle describes it: offset and strides count elements. */
export interface Layout {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** A tensor of a kind that is not read: complex, quantised, sparse, 8-bit floats. */
export class UnreadTensor {
  /** What is in it, for messages. */
  readonly kind: string;
  readonly cure: string;
  readonly shape: readonly number[];

  constructor(
    reading: Reading,
    { kind, cure }: { readonly kind: string; readonly cure: string },
    shape: readonly number[],
  ) {
    this.kind = kind;
    this.cure = cure;
    this.shape = shape;
    reading.countTensor();
  }
}

/** A tensor that is known to lie inside its storage. */
export class TorchTensor {
  readonly storage: Storage;
  readonly layout: Layout;
  private readonly reading: Reading;

  /** @throws WeightsError when shape, strides and offset are no natural numbers or lead out of the storage. */
  constructor(reading: Reading, storage: Storage, layout: Layout) {
    this.reading = reading;
    this.storage = storage;
    this.layout = layout;
    const { shape, strides, offset, dtype } = layout;
    const count = elementCount(shape);
    const natural = [...strides, offset].every((value) => Number.isSafeInteger(value) && value >= 0);
    if (count === undefined || !natural || strides.length !== shape.length || shape.length > MAX_RANK) {
      throw reading.damaged(`a tensor has the impossible layout ${describe(layout)}`);
    }
    if (count > 0 && !((offset + span(layout)) * itemSize(dtype) <= storage.byteLength)) {
      throw reading.damaged(
        `a tensor of ${describe(layout)} leads out of its ${storage.byteLength} bytes of storage`,
      );
    }
    reading.countTensor();
  }

  get shape(): readonly number[] {
    return this.layout.shape;
  }

  /**
   * The tensor without strides, row-major. It shares memory with the file's bytes (and with other tensors of the same
   * storage) where it lies there contiguously and aligned.
   */
  toData(name: string): TensorData {
    const { dtype, shape, offset } = this.layout;
    const size = itemSize(dtype);
    const count = elementCount(shape)!;
    const stored = this.storage.bytes();
    const length = count === 0 ? 0 : span(this.layout);
    const used = stored.subarray(offset * size, (offset + length) * size);
    const what = `tensor ${quote(name)}`;
    if (isForeign(this.storage.order, dtype) || used.byteOffset % size !== 0)
      this.reading.spend(used.byteLength, what);
    if (isContiguous(this.layout)) return tensorFromBytes({ dtype, shape }, used, this.storage.order);
    this.reading.spend(count * size, what);
    const flat = tensorFromBytes({ dtype, shape: [length] }, used, this.storage.order);
    return { dtype, shape, data: gather(flat.data, this.layout, count) } as TensorData;
  }
}

function describe({ dtype, shape, strides, offset }: Layout): string {
  const list = (values: readonly number[]) => quote(values.slice(0, 8).join(', ')).slice(1, -1);
  return `dtype ${dtype}, shape [${list(shape)}], strides [${list(strides)}] and offset ${offset}`;
}

/** Elements from the first to the last that a tensor (of at least one) touches. */
function span({ shape, strides }: Layout): number {
  return shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, 1);
}

function isContiguous({ shape, strides }: Layout): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis]!;
    if (length === 0) return true;
    if (length !== 1 && strides[axis] !== step) return false;
    step *= length;
  }
  return true;
}

function gather(source: TypedArrays[DType], { shape, strides }: Layout, count: number): TypedArrays[DType] {
  const Kind = source.constructor as new (length: number) => TypedArrays[DType];
  const result = new Kind(count);
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < count; to++) {
    result[to] = source[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}
