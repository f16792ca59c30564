import type { InputSpec } from '../engine.ts';
import { EngineError } from '../engine-error.ts';

/** Shape of a model's input; the first dimension of every input may be the batch. */
export interface ModelInput {
  readonly shape: readonly (number | 'batch')[];
}

/**
 * Two batch sizes to trace at. Numbers that differ between the two models depend on the batch. Both are large primes, no
 * likely number of channels or pixels, so that no number is taken for the batch by chance.
 */
export const PROBES = [10007, 10009] as const;

/** The inputs of a step at one batch size. */
export const inputsAt = (
  inputs: Readonly<Record<string, ModelInput>>,
  batch: number,
): Record<string, InputSpec> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => [
      name,
      { shape: shape.map((n) => (n === 'batch' ? batch : n)) },
    ]),
  );

/** A number of a shape: fixed, or a number per image of the batch. */
export type Extent = number | { readonly perImage: number };

/** One list for any batch size from the lists of the two models; undefined when both are equal. @throws EngineError */
export function extentsOf(
  who: string,
  first: readonly number[],
  second: readonly number[],
): Extent[] | undefined {
  if (first.length === second.length && first.every((n, i) => n === second[i])) return undefined;
  return first.map((n, i) => {
    if (n === second[i]) return n;
    const perImage = n / PROBES[0];
    if (first.length !== second.length || !Number.isInteger(perImage) || second[i] !== perImage * PROBES[1]) {
      throw fixedBatch(who);
    }
    return { perImage };
  });
}

/** The error for a model that depends on its batch size. */
export const fixedBatch = (who: string): EngineError =>
  new EngineError(`${who} depends on the batch size, which a model file leaves open`, {
    cure: 'write the network as it evaluates: with running statistics, image by image',
  });
