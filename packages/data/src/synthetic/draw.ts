import type { Rng } from '@medgan/plugin-api';

/** Uniform in [low, high). */
export function between(rng: Rng, low: number, high: number): number {
  return low + (high - low) * rng.uniform();
}

/** True in `share` of all cases. */
export function chance(rng: Rng, share: number): boolean {
  return rng.uniform() < share;
}

/** Bell-shaped, mean 0, standard deviation 1, within ±3.5: the scaled sum of four uniforms. */
export function bell(rng: Rng): number {
  const sum = rng.uniform() + rng.uniform() + rng.uniform() + rng.uniform();
  return (sum - 2) * Math.sqrt(3);
}

/** An index, drawn in proportion to the weights. */
export function weighted(rng: Rng, weights: readonly number[]): number {
  let left = rng.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  const last = weights.length - 1;
  for (let i = 0; i < last; i++) {
    left -= weights[i]!;
    if (left < 0) return i;
  }
  return last;
}

/** A unit vector, uniform over the circle, by rejection: no sine needed. */
export function direction(rng: Rng): { x: number; y: number } {
  for (;;) {
    const x = between(rng, -1, 1);
    const y = between(rng, -1, 1);
    const square = x * x + y * y;
    if (square > 1 || square < 0.01) continue;
    const length = Math.sqrt(square);
    return { x: x / length, y: y / length };
  }
}
