import type { Tensor } from '@tensorflow/tfjs-core';
import type { Engine, Step, Values } from '../engine.ts';
import { largestError, randomValues, uniform, type OpCase } from '../testing-cases/op-case.testing.ts';

/** Runs a case on an engine, on random inputs that are the same in every call. */
export async function runOn(engine: Engine, { inputs, step }: OpCase): Promise<Record<string, Values>> {
  const named: Step = (tensors) =>
    Object.fromEntries([step(tensors)].flat().map((y, i) => [`y${i}`, y as Tensor]));
  const next = uniform(4);
  const values = Object.entries(inputs).map(([name, input]) => [name, randomValues(input, next)]);
  const program = await engine.compile(named, inputs);
  try {
    return await program.run(Object.fromEntries(values) as Record<string, Values>);
  } finally {
    await program.dispose();
  }
}

/** Where the outputs of a case on two engines differ by more than it allows: `y0 off by 0.1`, or in their types. */
export function differences(
  { tolerance = 1e-5 }: OpCase,
  { actual, expected }: Readonly<Record<'actual' | 'expected', Readonly<Record<string, Values>>>>,
): string[] {
  return Object.entries(expected).flatMap(([name, values]) => {
    const other = actual[name]!;
    if (other.constructor !== values.constructor) {
      return [`${name} is ${other.constructor.name}, not ${values.constructor.name}`];
    }
    const error = largestError(other, values);
    return error <= tolerance ? [] : [`${name} off by ${error.toExponential(1)}`];
  });
}
