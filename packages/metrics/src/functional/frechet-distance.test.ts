import { describe, expect, it } from 'vitest';
import { frechetDistance, frechetDistanceOfGaussians, type Gaussian } from './frechet-distance.ts';
import { waveRows } from './wave-rows.testing.ts';

const gaussian = (mean: number[], covariance: number[]): Gaussian => ({
  mean: Float64Array.from(mean),
  covariance: Float64Array.from(covariance),
});

describe('frechetDistanceOfGaussians', () => {
  it('has the values worked out by hand', () => {
    // One dimension: (μ₁ − μ₂)² + (σ₁ − σ₂)².
    expect(frechetDistanceOfGaussians(gaussian([1], [4]), gaussian([4], [9]))).toBeCloseTo(9 + 1, 12);
    // Diagonal covariances: the dimensions add up.
    const diagonal = frechetDistanceOfGaussians(
      gaussian([0, 0], [1, 0, 0, 16]),
      gaussian([3, 4], [9, 0, 0, 4]),
    );
    expect(diagonal).toBeCloseTo(25 + 4 + 4, 12);
    // Turned by 45°: [[5, 4], [4, 5]] has eigenvalues 9 and 1; against the identity (3 − 1)² + (1 − 1)².
    expect(
      frechetDistanceOfGaussians(gaussian([0, 0], [5, 4, 4, 5]), gaussian([0, 0], [1, 0, 0, 1])),
    ).toBeCloseTo(4, 12);
    // A covariance of rank one.
    expect(
      frechetDistanceOfGaussians(gaussian([0, 0], [1, 1, 1, 1]), gaussian([0, 0], [1, 0, 0, 1])),
    ).toBeCloseTo(2 + 2 - 2 * Math.SQRT2, 12);
  });
});

describe('frechetDistance', () => {
  const a = waveRows({ count: 40, dims: 6, frequency: 0.7, scale: 1 });
  const b = waveRows({ count: 50, dims: 6, frequency: 0.31, scale: 1.5 });

  it('agrees with scipy.linalg.sqrtm', () => {
    expect(frechetDistance(a, b)).toBeCloseTo(1.4827741061656823, 10);
  });

  it('agrees with scipy where rows are fewer than dimensions', () => {
    const few = waveRows({ count: 7, dims: 12, frequency: 0.7, scale: 1 });
    expect(frechetDistance(few, waveRows({ count: 9, dims: 12, frequency: 0.31, scale: 1.5 }))).toBeCloseTo(
      12.710490365362634,
      5,
    );
    expect(frechetDistance(few, waveRows({ count: 50, dims: 12, frequency: 0.31, scale: 1.5 }))).toBeCloseTo(
      11.263967039156746,
      5,
    );
  });

  it('is 0 for equal sets, also of few rows, and symmetric', () => {
    expect(frechetDistance(a, a)).toBeLessThan(1e-9);
    const few = waveRows({ count: 5, dims: 30, frequency: 0.7, scale: 1 });
    expect(frechetDistance(few, few)).toBeLessThan(1e-6);
    expect(frechetDistance(a, b)).toBeCloseTo(frechetDistance(b, a), 10);
  });
});
