import { pickStateDict } from './pick-state-dict.ts';
import type { TensorData } from './tensor-data.ts';
import { openTorchFile } from './torch-file.ts';
import type { TorchOptions } from './torch-file.ts';

/**
 * Reads the state dict that torch.save wrote, in its zip or its legacy format, or one such file inside a zip archive.
 * Only tensors and plain containers are built. Other Python objects are passed over, and nothing is ever run. The arrays
 * may share memory with each other and with `source`.
 * @param source a path, or the bytes of a file
 * @returns tensors in the order of the state dict; its entries that are no tensors are left out
 * @throws MedganError when the file cannot be read; WeightsError when it is damaged, needs code for its tensors, holds
 *   several state dicts and `key` chooses none, or would exceed the limits
 */
export async function readTorchStateDict(
  source: string | Uint8Array,
  options: TorchOptions = {},
): Promise<Map<string, TensorData>> {
  const { dict, prefix } = pickStateDict(await openTorchFile(source, options), options.key);
  return dict.read(prefix);
}
