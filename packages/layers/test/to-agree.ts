import { expect } from 'vitest';

/** Expects equal lengths, and values no further apart than `tolerance` times the largest expected one. */
export function expectAgreement(
  actual: ArrayLike<number> | undefined,
  expected: readonly number[],
  tolerance = 1e-5,
): void {
  const values = Array.from(actual ?? []);
  const allowed = tolerance * Math.max(...expected.map(Math.abs));
  expect(values).toHaveLength(expected.length);
  expect(
    Math.max(...values.map((v, i) => Math.abs(v - expected[i]!))),
    values.join(', '),
  ).toBeLessThanOrEqual(allowed);
}
