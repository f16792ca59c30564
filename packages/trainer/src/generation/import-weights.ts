import { defined } from '@medgan/files';
import type { Architecture, Registry } from '@medgan/plugin-api';
import { candidatesOf, openWeightsFile, pickStateDict, type TorchOptions } from '@medgan/weights';
import { findGenerator, generatorTensors, placeOf } from './find-generator.ts';
import { plainTensors, type PlainWeights } from './plain-weights.ts';

/** Weights of a file, ready to be written as safetensors. */
export interface ImportedWeights extends PlainWeights {
  /** Where in the file they were found, where the file holds more. */
  readonly place?: string;
  /** Names of Python objects beside the weights, which were neither built nor run. */
  readonly passedOver: readonly string[];
}

/**
 * Reads the weights that a file is meant for: the state dict or module that `key` names; without a key the only network
 * in it, or among several the one that is a generator of a known architecture.
 * @throws MedganError when there are several and none of them or more than one is such a generator; WeightsError when the
 *   file is not readable.
 */
export async function readImportedWeights(
  file: string,
  request: TorchOptions & { readonly architectures: Registry<Architecture> },
): Promise<ImportedWeights> {
  const { key, architectures, ...options } = request;
  const opened = await openWeightsFile(file, options);
  const { metadata, passedOver } = opened;
  if (key !== undefined || candidatesOf(opened.dicts).length < 2) {
    const { dict, prefix } = pickStateDict(opened, key);
    return { tensors: plainTensors(dict.read(prefix)), metadata, passedOver };
  }
  const found = findGenerator(opened, architectures.list(), undefined);
  const place = placeOf(found, opened);
  return { tensors: generatorTensors(found), metadata, passedOver, ...defined({ place }) };
}
