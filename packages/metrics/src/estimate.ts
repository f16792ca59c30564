import { MedganError } from '@medgan/files';
import type { Direction, MetricImages, PairMetric } from '@medgan/plugin-api';

/** One figure of a table: JSON-able, never NaN. */
export interface Estimate {
  readonly direction: Direction;
  /** null if it cannot be computed; `reason` then says why. */
  readonly value: number | null;
  /** Standard deviation of the averaged values; null for a single one. */
  readonly deviation: number | null;
  /** 95 % interval of the mean, value ± 1.96 standard errors; null for a single one. */
  readonly interval: readonly [number, number] | null;
  /** Number of values averaged. */
  readonly count: number;
  readonly reason?: string;
}

/** An estimate that could not be made. */
export function missing(direction: Direction, reason: string): Estimate {
  return { direction, value: null, deviation: null, interval: null, count: 0, reason };
}

/** Mean, standard deviation and 95 % interval of independent values. */
export function estimateOf(direction: Direction, values: ArrayLike<number>): Estimate {
  const count = values.length;
  if (count === 0) return missing(direction, 'no pairs to compare');
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i]!;
  const value = sum / count;
  if (count === 1) return { direction, value, deviation: null, interval: null, count };
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i]! - value) ** 2;
  const deviation = Math.sqrt(squares / (count - 1));
  const error = (1.96 * deviation) / Math.sqrt(count);
  return { direction, value, deviation, interval: [value - error, value + error], count };
}

/** A metric and its options; the defaults if left out. */
export interface ChosenMetric {
  readonly metric: PairMetric;
  readonly options?: object;
}

/** Values of a metric, or the reason for having none: a refused shape, or a NaN. Other faults are thrown. */
export function valuesOrReason(
  { metric, options = {} }: ChosenMetric,
  a: MetricImages,
  b: MetricImages,
): Float64Array | string {
  const refusal = metric.refuses(a, options);
  if (refusal !== undefined) return refusal;
  try {
    return metric.compute(a, b, options);
  } catch (error) {
    if (!(error instanceof MedganError)) throw error;
    return error.message;
  }
}
