import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { fileError, FOREIGN_HEAD_BYTES, writeFileAtomically } from '@medgan/files';
import { WeightsError } from './errors.ts';
import { asMap } from './safetensors.ts';
import type { SafetensorsContent, Tensors } from './safetensors.ts';
import { encodeHeader, headerLength, parseHeader } from './safetensors-header.ts';
import { bytesOfTensor, tensorFromBytes } from './tensor-data.ts';
import type { TensorData } from './tensor-data.ts';

/**
 * Writes a safetensors file atomically, tensor by tensor: no second copy of the weights in memory. The bytes are those
 * of `encodeSafetensors`. The arrays must not change until the promise settles.
 * @throws WeightsError for tensors that cannot be written; MedganError when the disk refuses (the system's error is its
 * `cause`).
 */
export async function writeSafetensorsFile(
  path: string,
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { prefix, ordered } = encodeHeader(asMap(tensors), metadata);
  await writeFileAtomically(path, partsOf(prefix, ordered));
}

function* partsOf(prefix: Uint8Array, ordered: readonly TensorData[]): Iterable<Uint8Array> {
  yield prefix;
  for (const tensor of ordered) yield bytesOfTensor(tensor);
}

/**
 * Reads a safetensors file; each tensor gets memory of its own. Nothing is allocated that the file's size does not bear
 * out.
 * @throws MedganError when the file cannot be read; WeightsError when it is not what the format asks for.
 */
export async function readSafetensorsFile(path: string): Promise<SafetensorsContent> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    return await readFrom(path, handle);
  } catch (cause) {
    if (cause instanceof WeightsError) throw cause;
    throw fileError(`${path} cannot be read`, cause);
  } finally {
    await handle?.close();
  }
}

async function readFrom(path: string, handle: FileHandle): Promise<SafetensorsContent> {
  const { size } = await handle.stat();
  const head = await readExactly(handle, { path, position: 0, length: Math.min(FOREIGN_HEAD_BYTES, size) });
  const start = 8 + headerLength(path, head, size);
  const header = await readExactly(handle, { path, position: 8, length: start - 8 });
  const { entries, metadata } = parseHeader(path, header, size - start);
  const tensors = new Map<string, TensorData>();
  for (const entry of entries) {
    const place = { path, position: start + entry.begin, length: entry.end - entry.begin };
    tensors.set(entry.name, tensorFromBytes(entry, await readExactly(handle, place)));
  }
  return { tensors, metadata };
}

async function readExactly(
  handle: FileHandle,
  place: { readonly path: string; readonly position: number; readonly length: number },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(place.length);
  let offset = 0;
  while (offset < place.length) {
    const length = Math.min(2 ** 30, place.length - offset);
    const { bytesRead } = await handle.read(bytes, offset, length, place.position + offset);
    if (bytesRead === 0) {
      throw new WeightsError(`${place.path}: the file shrank while it was read`, {
        cure: 'read it when nobody writes it',
      });
    }
    offset += bytesRead;
  }
  return bytes;
}
