import { open } from 'node:fs/promises';
import { fileError } from '@medgan/files';
import { pickStateDict } from './pick-state-dict.ts';
import type { StateDicts } from './pick-state-dict.ts';
import { readSafetensorsFile } from './safetensors-file.ts';
import { looksLikeSafetensors } from './safetensors.ts';
import type { SafetensorsContent } from './safetensors.ts';
import { stateDictOfTensors } from './state-dict-of-tensors.ts';
import { openTorchFile } from './torch-file.ts';
import type { TorchOptions } from './torch-file.ts';

/** The state dicts of a file of weights, and the metadata of a safetensors file. */
export interface OpenedWeights extends StateDicts {
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Opens a file of weights of either kind, recognised by its first bytes and not by its name, and finds the state dicts
 * in it. PyTorch files have no metadata.
 * @throws WeightsError
 */
export async function openWeightsFile(
  path: string,
  options: Omit<TorchOptions, 'key'> = {},
): Promise<OpenedWeights> {
  if (!(await isSafetensors(path))) return { ...(await openTorchFile(path, options)), metadata: {} };
  const { tensors, metadata } = await readSafetensorsFile(path);
  return { who: path, dicts: [stateDictOfTensors(tensors)], passedOver: [], metadata };
}

/**
 * Reads a file of weights of either kind: its one state dict, or that which `options.key` names.
 * @throws WeightsError
 */
export async function readWeightsFile(path: string, options: TorchOptions = {}): Promise<SafetensorsContent> {
  const opened = await openWeightsFile(path, options);
  const { dict, prefix } = pickStateDict(opened, options.key);
  return { tensors: dict.read(prefix), metadata: opened.metadata };
}

async function isSafetensors(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'r');
    try {
      const first = new Uint8Array(9);
      await handle.read(first, 0, first.length, 0);
      return looksLikeSafetensors(first);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw fileError(`${path} cannot be read`, cause);
  }
}
