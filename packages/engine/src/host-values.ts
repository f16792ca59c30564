import type { DType, InputSpec, Values, VariableSpec } from './engine.ts';
import { EngineError } from './engine-error.ts';

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

function check(
  who: string,
  { shape, dtype }: { readonly shape: readonly number[]; readonly dtype: DType },
  given: Values | undefined,
): void {
  if (given instanceof ARRAYS[dtype] && given.length === sizeOf(shape)) return;
  const wanted = `${ARRAYS[dtype].name} of length ${sizeOf(shape)}, for shape [${shape.join(', ')}]`;
  const actual = given ? `${given.constructor.name} of length ${given.length}` : 'nothing';
  throw new EngineError(`${who} must be ${wanted}; got ${actual}`);
}

/** @throws EngineError unless `values` has exactly the inputs a step was compiled for, in their types and sizes. */
export function checkInputs(
  specs: Readonly<Record<string, InputSpec>>,
  values: Readonly<Record<string, Values>>,
): void {
  for (const [name, { shape, dtype = 'float32' }] of Object.entries(specs)) {
    check(`input ${name}`, { shape, dtype }, values[name]);
  }
  const unknown = Object.keys(values).find((name) => !(name in specs));
  if (unknown === undefined) return;
  throw new EngineError(
    `the step has no input ${unknown} (it has ${Object.keys(specs).join(', ') || 'none'})`,
  );
}

/** @throws EngineError unless `values` fits a variable. */
export function checkVariableValues(
  { name, shape, dtype = 'float32' }: Pick<VariableSpec, 'name' | 'shape' | 'dtype'>,
  values: Float32Array | Int32Array,
): void {
  check(`the values of variable ${name}`, { shape, dtype }, values);
}

/** A new array of these numbers, as a type has them. */
export function valuesOf(dtype: DType, numbers: ArrayLike<number>): Values {
  return ARRAYS[dtype].from(numbers);
}
