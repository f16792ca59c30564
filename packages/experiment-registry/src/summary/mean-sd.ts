/** What several seeds gave. */
export interface MeanSd {
  readonly mean: number;
  /** Sample standard deviation (n − 1); undefined for one value, which says nothing of the spread. */
  readonly sd: number | undefined;
  readonly n: number;
}

/** Mean and sample standard deviation; undefined for no values. NaN and infinities are kept: they must be seen. */
export function meanSd(values: readonly number[]): MeanSd | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  // Deviations from the first value: equal values give exactly 0, however far from 0 they lie.
  const first = values[0]!;
  const shifted = Number.isFinite(first) ? values.map((value) => value - first) : values;
  const shift = Number.isFinite(first) ? first : 0;
  const mean = shifted.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean: first, sd: undefined, n };
  const squares = shifted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean: mean + shift, sd: Math.sqrt(squares / (n - 1)), n };
}

/** The smallest and the largest of some values. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The range of the values; undefined for none. */
export function rangeOf(values: readonly number[]): Range | undefined {
  return values.length === 0 ? undefined : { min: Math.min(...values), max: Math.max(...values) };
}
