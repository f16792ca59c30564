import { open } from 'node:fs/promises';
import { fileError } from '@medgan/files';
import { readSafetensorsFile } from './safetensors-file.ts';
import type { SafetensorsContent } from './safetensors.ts';
import { readTorchStateDict } from './torch-state-dict.ts';
import type { TorchOptions } from './torch-state-dict.ts';

/**
 * Reads a file of weights of either kind, told apart by its first bytes and not by its name. PyTorch files have no
 * metadata.
 * @throws WeightsError
 */
export async function readWeightsFile(path: string, options: TorchOptions = {}): Promise<SafetensorsContent> {
  if (await isSafetensors(path)) return readSafetensorsFile(path);
  return { tensors: await readTorchStateDict(path, options), metadata: {} };
}

/** A safetensors file begins with a length below 2^32 and the brace of its header. */
async function isSafetensors(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'r');
    try {
      const first = new Uint8Array(9);
      await handle.read(first, 0, first.length, 0);
      return first[8] === 0x7b && first.subarray(4, 8).every((byte) => byte === 0);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw fileError(`${path} cannot be read`, cause);
  }
}
