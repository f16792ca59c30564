import { Tensor } from 'onnxruntime-node';
import { sizeOf } from '../graph/graph.ts';
import { storedShape } from '../stored-layout.ts';

/** A variable's values between calls: the current ones, and the buffer the next call writes to. */
export interface StateSlot {
  /** TF.js shape. */
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  /** In host memory, or on the device, where a call left it. */
  current: Tensor;
  spare: Tensor | undefined;
}

export function hostTensor(
  slot: Pick<StateSlot, 'shape' | 'dtype'>,
  values?: Float32Array | Int32Array,
): Tensor {
  const dims = storedShape(slot.shape);
  const size = sizeOf(dims);
  return slot.dtype === 'float32'
    ? new Tensor('float32', (values as Float32Array | undefined) ?? new Float32Array(size), dims)
    : new Tensor('int32', (values as Int32Array | undefined) ?? new Int32Array(size), dims);
}

export const isOnDevice = ({ current }: Pick<StateSlot, 'current'>): boolean => current.location !== 'cpu';

/** The buffer that a call may write the slot's new values to. A slot has two buffers, which are swapped after each call. */
export function spareOf(slot: StateSlot): Tensor {
  slot.spare ??= hostTensor(slot);
  return slot.spare;
}

/** Makes the spare buffer the slot's values. */
export function swap(slot: StateSlot): void {
  [slot.current, slot.spare] = [slot.spare!, slot.current];
}

/** Makes `tensor` the slot's values, and frees the former ones. */
export function replace(slot: StateSlot, tensor: Tensor): void {
  slot.current.dispose();
  slot.current = tensor;
}
