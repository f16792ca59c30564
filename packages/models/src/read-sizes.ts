import { storedShape } from '@medgan/engine';
import {
  shapeScope,
  type Generator,
  type GeneratorSizes,
  type NetworkSizes,
  type ParameterScope,
  type ParameterShape,
} from '@medgan/plugin-api';

/** Stored shapes (PyTorch's) by parameter name. */
export type StoredShapes = ReadonlyMap<string, readonly number[]>;

/** Names and shapes of weights; biases and running statistics are left out, because the weights imply them. */
const weightsOf = (shapes: Iterable<readonly [string, readonly number[]]>): string[] =>
  [...shapes]
    .flatMap(([name, shape]) => (/\.weight(_orig)?$/.test(name) ? [`${name} ${shape.join()}`] : []))
    .sort();

/** The guess, if a generator of these sizes has exactly the weights of `shapes`. */
export function confirmedSizes(
  guess: GeneratorSizes,
  shapes: StoredShapes,
  build: (sizes: NetworkSizes, parameters: ParameterScope) => Generator,
): GeneratorSizes | undefined {
  const notes: ParameterShape[] = [];
  build({ ...guess, discriminatorFeatures: 1 }, shapeScope(notes));
  const expected = weightsOf(notes.map(({ name, shape }) => [name, storedShape(shape)] as const));
  return weightsOf(shapes).join('\n') === expected.join('\n') ? guess : undefined;
}
