import { defined } from '@medgan/files';
import { quote, WeightsError } from '../errors.ts';
import type { StateDict } from '../pick-state-dict.ts';
import type { TensorData } from '../tensor-data.ts';
import { refusal } from './find-state-dicts.ts';
import type { FoundDict } from './find-state-dicts.ts';
import type { Reading } from './limits.ts';
import { TorchTensor } from './tensor.ts';

/** A dict of a pickle as a state dict that can be chosen and read. */
export function stateDictOf(reading: Reading, found: FoundDict, entry?: string): StateDict {
  const { key, isNetwork, tensors } = found;
  return {
    ...defined({ entry }),
    key,
    isNetwork,
    shapes: new Map([...tensors].map(([name, { shape }]) => [name, shape])),
    read: (prefix) => readFound(reading, found, prefix),
  };
}

function readFound(
  reading: Reading,
  { tensors, madeByCode }: FoundDict,
  prefix: string,
): Map<string, TensorData> {
  for (const [name, code] of madeByCode) {
    if (name.startsWith(prefix)) throw refusal(reading, code, ` for tensor ${quote(name)}`);
  }
  const result = new Map<string, TensorData>();
  for (const [name, tensor] of tensors) {
    if (!name.startsWith(prefix)) continue;
    if (!(tensor instanceof TorchTensor)) {
      const what = `tensor ${quote(name)} holds ${tensor.kind}: these are not read`;
      throw new WeightsError(`${reading.who}: ${what}`, { cure: tensor.cure });
    }
    result.set(name.slice(prefix.length), tensor.toData(name));
  }
  return result;
}
