import { FOREIGN_HEAD_BYTES } from '@medgan/files';
import { encodeHeader, headerLength, parseHeader } from './safetensors-header.ts';
import { bytesOfTensor, tensorFromBytes } from './tensor-data.ts';
import type { TensorData } from './tensor-data.ts';

/** Named tensors, as a map or a plain object. */
export type Tensors = ReadonlyMap<string, TensorData> | Readonly<Record<string, TensorData>>;

/** What a safetensors file holds. */
export interface SafetensorsContent {
  /** In the order of the file. */
  readonly tensors: Map<string, TensorData>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A safetensors file begins with a length below 2^32 and the brace of its header. */
export function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b && bytes.subarray(4, 8).every((byte) => byte === 0);
}

/** Named tensors as a map. */
export function asMap(tensors: Tensors): ReadonlyMap<string, TensorData> {
  return tensors instanceof Map ? tensors : new Map(Object.entries(tensors));
}

/**
 * The bytes of a safetensors file (https://github.com/huggingface/safetensors). Equal tensors and metadata give equal
 * bytes, in the layout of the reference implementation: the widest dtype first, then by name.
 * @throws WeightsError for a tensor that contradicts its shape or dtype, and for names that cannot be written.
 */
export function encodeSafetensors(
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { prefix, ordered } = encodeHeader(asMap(tensors), metadata);
  const dataLength = ordered.reduce((sum, tensor) => sum + tensor.data.byteLength, 0);
  const result = new Uint8Array(prefix.byteLength + dataLength);
  result.set(prefix);
  let offset = prefix.byteLength;
  for (const tensor of ordered) {
    result.set(bytesOfTensor(tensor), offset);
    offset += tensor.data.byteLength;
  }
  return result;
}

/**
 * Reads the bytes of a safetensors file. Tensors are views of `bytes` where they lie aligned, copies otherwise.
 * @param who how errors call the source of the bytes
 * @throws WeightsError for anything the format forbids
 */
export function decodeSafetensors(bytes: Uint8Array, who = 'safetensors data'): SafetensorsContent {
  const start = 8 + headerLength(who, bytes.subarray(0, FOREIGN_HEAD_BYTES), bytes.byteLength);
  const { entries, metadata } = parseHeader(who, bytes.subarray(8, start), bytes.byteLength - start);
  const tensors = new Map<string, TensorData>();
  for (const entry of entries) {
    tensors.set(entry.name, tensorFromBytes(entry, bytes.subarray(start + entry.begin, start + entry.end)));
  }
  return { tensors, metadata };
}
