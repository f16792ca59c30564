import { MedganError } from '@medgan/files';
import type { TensorData } from '@medgan/weights';

/** What is not finite in these values: the first such value, or undefined where all are finite. */
export function nonFiniteValue(values: ArrayLike<number>): number | undefined {
  // The difference of a finite value from itself is 0, that of NaN and infinity NaN: a sum finds any of them.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! - values[i]!;
  if (sum === 0) return undefined;
  return Array.prototype.find.call(values, (value: number) => !Number.isFinite(value)) as number;
}

/** How messages call such a value. */
export const nonFiniteText = (value: number): string => (Number.isNaN(value) ? 'NaN' : 'infinity');

/** What helps where a generator is broken. */
export const DIVERGED_CURE =
  'the training diverged: take an earlier checkpoint of the run (its folder checkpoints/, or --checkpoint best), ' +
  'or use it as it is: --allow-nan';

/** @throws MedganError when a number of one of the tensors is NaN or infinite, naming the tensor */
export function requireFiniteTensors(source: string, tensors: ReadonlyMap<string, TensorData>): void {
  for (const [name, { dtype, data }] of tensors) {
    const value = dtype === 'F32' ? nonFiniteValue(data as Float32Array) : undefined;
    if (value === undefined) continue;
    throw new MedganError(`${source}: ${name} holds ${nonFiniteText(value)}`, { cure: DIVERGED_CURE });
  }
}
