import { storedShape } from '@medgan/engine';
import { dcgan } from '@medgan/models';
import {
  createRng,
  shapeScope,
  type Architecture,
  type GeneratorSizes,
  type ParameterShape,
} from '@medgan/plugin-api';
import { writeSafetensorsFile, type TensorData } from '@medgan/weights';

/** Sizes of a generator that draws in milliseconds. */
export const SMALL: GeneratorSizes = { imageSize: 64, channels: 3, latentSize: 5, generatorFeatures: 2 };

/** Writes weights that make images full of contrast, as PyTorch would save them. */
export async function writeRandomGenerator(path: string, sizes: GeneratorSizes = SMALL): Promise<void> {
  const notes: ParameterShape[] = [];
  (dcgan as Architecture).generator({ ...sizes, discriminatorFeatures: 1 }, {}, shapeScope(notes));
  const rng = createRng('weights');
  const tensors = new Map<string, TensorData>();
  for (const { name, shape } of notes) {
    const stored = storedShape(shape);
    const count = stored.reduce((product, n) => product * n, 1);
    const values = rng.split(name).normals(count);
    if (name.endsWith('num_batches_tracked')) {
      tensors.set(name, { dtype: 'I64', shape: [], data: BigInt64Array.of(7n) });
    } else {
      const data = name.endsWith('running_var') ? values.map((x) => 0.5 + x * x) : values.map((x) => 0.5 * x);
      tensors.set(name, { dtype: 'F32', shape: stored, data });
    }
  }
  await writeSafetensorsFile(path, tensors, { format: 'pt' });
}
