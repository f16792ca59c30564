import type { Variable } from '@tensorflow/tfjs-core';
import { storedShape, type Engine } from '@medgan/engine';
import { MedganError } from '@medgan/files';
import type { ParameterStore } from '@medgan/plugin-api';
import type { TensorData } from '@medgan/weights';

/** Variables of an engine as PyTorch would save them: in its layout, and counters as int64. */
export async function readTensors(
  engine: Engine,
  variables: readonly { readonly name: string; readonly variable: Variable }[],
): Promise<Map<string, TensorData>> {
  const tensors = new Map<string, TensorData>();
  for (const { name, variable } of variables) {
    const values = await engine.read(variable);
    tensors.set(
      name,
      values instanceof Int32Array
        ? { dtype: 'I64', shape: [], data: BigInt64Array.of(BigInt(values[0]!)) }
        : { dtype: 'F32', shape: storedShape(variable.shape), data: values },
    );
  }
  return tensors;
}

/** Puts back what `readTensors` gave of a variable. */
export const writeTensor = (engine: Engine, variable: Variable, { data }: TensorData): void =>
  engine.write(
    variable,
    data instanceof BigInt64Array ? Int32Array.of(Number(data[0]!)) : (data as Float32Array),
  );

/** A network's state dict, under PyTorch's names. */
export const readNetwork = (engine: Engine, store: ParameterStore): Promise<Map<string, TensorData>> =>
  readTensors(engine, store.list());

/** Puts a state dict into a network; every tensor must be there, with its shape. Nothing is written when one is not. */
export function writeNetwork(
  engine: Engine,
  store: ParameterStore,
  given: { readonly tensors: ReadonlyMap<string, TensorData>; readonly source: string },
): void {
  const { tensors, source } = given;
  const parameters = store.list();
  const names = new Set(parameters.map((parameter) => parameter.name));
  const missing = parameters.filter(({ name }) => !tensors.has(name)).map(({ name }) => name);
  const unknown = [...tensors.keys()].filter((name) => !names.has(name));
  if (missing.length > 0 || unknown.length > 0) {
    throw new MedganError(
      `${source} does not hold this network: ` +
        [
          missing.length > 0 ? `missing ${missing.slice(0, 5).join(', ')}` : '',
          unknown.length > 0 ? `unknown ${unknown.slice(0, 5).join(', ')}` : '',
        ]
          .filter(Boolean)
          .join('; '),
      { cure: 'build the network with the architecture and sizes the file was saved with' },
    );
  }
  for (const { name, variable, counter } of parameters) {
    const { shape, dtype } = tensors.get(name)!;
    const wanted = counter ? [] : storedShape(variable.shape);
    if (shape.join() !== wanted.join() || dtype !== (counter ? 'I64' : 'F32')) {
      throw new MedganError(
        `${source}: ${name} is ${dtype} [${shape.join(', ')}], the network has [${wanted.join(', ')}]`,
        { cure: 'build the network with the sizes the file was saved with' },
      );
    }
  }
  for (const { name, variable } of parameters) writeTensor(engine, variable, tensors.get(name)!);
}
