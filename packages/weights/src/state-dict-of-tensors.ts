import { defined } from '@medgan/files';
import { TOP } from './pick-state-dict.ts';
import type { StateDict } from './pick-state-dict.ts';
import type { TensorData } from './tensor-data.ts';

/** Tensors that are read already as the one state dict of their file. */
export function stateDictOfTensors(tensors: ReadonlyMap<string, TensorData>, entry?: string): StateDict {
  return {
    ...defined({ entry }),
    key: TOP,
    isNetwork: [...tensors.values()].some(({ shape }) => shape.length >= 2),
    shapes: new Map([...tensors].map(([name, { shape }]) => [name, shape])),
    read: (prefix) =>
      new Map(
        [...tensors]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
      ),
  };
}
