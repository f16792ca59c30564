import assert from 'node:assert/strict';

/** Fails when a value is NaN or infinite. */
export function assertFinite(what: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    assert.ok(Number.isFinite(values[i]), `${what}: value ${i} is ${values[i]}`);
  }
}

/** Largest |a − b|; NaN where the lengths differ or a value is NaN. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return NaN;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** Largest |a|. */
export function magnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

/** Fails when two arrays differ by more than `tolerance` times the largest magnitude in them (at least 1e-3). */
export function assertClose(
  what: string,
  [actual, expected]: readonly [ArrayLike<number>, ArrayLike<number>],
  tolerance: number,
): void {
  const allowed = tolerance * Math.max(magnitude(actual), magnitude(expected), 1e-3);
  const difference = largestDifference(actual, expected);
  assert.ok(difference <= allowed, `${what}: off by ${difference}, allowed are ${allowed}`);
}

/** Whether two arrays hold the same numbers. */
export function equalValues(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return largestDifference(a, b) === 0;
}
