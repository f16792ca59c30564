import fc from 'fast-check';
import { createRng } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { rowProducts, transpose } from './row-products.ts';
import { symmetricEigen } from './symmetric-eigen.ts';
import { waveRows } from './wave-rows.testing.ts';

function symmetric(n: number, rank: number, seed: number): Float64Array {
  const rng = createRng(seed);
  const values = Float64Array.from({ length: n * rank }, () => rng.normal());
  const signs = Float64Array.from({ length: rank }, () => (rng.uniform() < 0.3 ? -1 : 1));
  const signed = values.map((value, i) => value * signs[i % rank]!);
  return rowProducts({ count: n, dims: rank, values }, { count: n, dims: rank, values: signed });
}

describe('symmetricEigen', () => {
  it('agrees with numpy.linalg.eigvalsh', () => {
    const rows = waveRows({ count: 5, dims: 5, frequency: 0.9, scale: 1 });
    const turned = transpose(rows);
    const { values } = symmetricEigen(
      rows.values.map((value, i) => value + turned.values[i]!),
      5,
    );
    const expected = [
      -3.4803319520400082, -2.8763946020248317, -0.9258263253806117, 1.579404028643283, 3.4437969672027844,
    ];
    values.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12));
  });

  it('takes a matrix apart so that it can be put together again, of any rank', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(),
        (n, rank, seed) => {
          const matrix = symmetric(n, rank, seed);
          const before = matrix.slice();
          const { values, vectors } = symmetricEigen(matrix, n, { vectors: true });
          expect(matrix).toEqual(before);
          const tolerance = 1e-11 * n * (1 + Math.max(...values.map(Math.abs)));
          const columns = transpose({ count: n, dims: n, values: vectors });
          const scaled = { ...columns, values: columns.values.map((value, i) => value * values[i % n]!) };
          const again = rowProducts(scaled, columns);
          again.forEach((value, i) => expect(Math.abs(value - matrix[i]!)).toBeLessThan(tolerance));
          const gram = rowProducts({ ...columns, values: vectors }, { ...columns, values: vectors });
          gram.forEach((value, i) => expect(value).toBeCloseTo(i % (n + 1) === 0 ? 1 : 0, 10));
          symmetricEigen(matrix, n).values.forEach((value, i) =>
            expect(Math.abs(value - values[i]!)).toBeLessThan(tolerance),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
