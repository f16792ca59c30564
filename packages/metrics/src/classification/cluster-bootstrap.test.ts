import { createRng } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { auc, clusterBootstrap } from '../index.ts';

describe('clusterBootstrap', () => {
  const random = createRng(4);
  const groups = Array.from({ length: 60 }, (_, i) => `lesion-${Math.floor(i / 3)}`);
  const effects = Array.from({ length: 20 }, () => random.normal());
  const values = groups.map((_g, i) => effects[Math.floor(i / 3)]!);
  const mean = (weights: Float64Array): number | undefined => {
    const total = weights.reduce((a, b) => a + b, 0);
    return total === 0 ? undefined : weights.reduce((sum, w, i) => sum + w * values[i]!, 0) / total;
  };

  it('draws whole groups, and all statistics on the same resamples', () => {
    clusterBootstrap(
      groups,
      (weights) => {
        for (let i = 0; i < 60; i += 3) expect(new Set(weights.slice(i, i + 3)).size).toBe(1);
        expect(weights.reduce((a, b) => a + b, 0)).toBe(60);
        return { mean: mean(weights) };
      },
      { rng: createRng(1), rounds: 50 },
    );
    const { difference } = clusterBootstrap(groups, (w) => ({ difference: mean(w)! - mean(w)! }), {
      rng: createRng(1),
      rounds: 50,
    });
    expect(difference).toEqual({ value: 0, interval: [0, 0], deviation: 0, rounds: 50 });
  });

  it('has the deviation of the mean of the groups, which is not that of the images', () => {
    const { mean: estimate } = clusterBootstrap(groups, (w) => ({ mean: mean(w) }), {
      rng: createRng(2),
      rounds: 4000,
    });
    const centre = effects.reduce((a, b) => a + b, 0) / 20;
    const error = Math.sqrt(effects.reduce((sum, e) => sum + (e - centre) ** 2, 0)) / 20;
    expect(estimate!.value).toBeCloseTo(centre, 12);
    // The deviation of 4,000 draws is known to about 1 %.
    expect(Math.abs(estimate!.deviation / error - 1)).toBeLessThan(0.05);
    const [low, high] = estimate!.interval;
    expect(Math.abs((high - low) / (2 * 1.96 * error) - 1)).toBeLessThan(0.1);
  });

  it('gives the same interval for the same seed, and counts the resamples without a value', () => {
    const positive = groups.map((_g, i) => Number(i < 3));
    const draw = (seed: number) =>
      clusterBootstrap(groups, (weights) => ({ auc: auc({ scores: values, positive, weights }) }), {
        rng: createRng(seed),
        rounds: 200,
      });
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
    expect(draw(3).auc!.rounds).toBeLessThan(200);
    expect(draw(3).auc!.rounds).toBeGreaterThan(100);
  });

  it('leaves out a statistic without a value, and refuses a single group', () => {
    expect(clusterBootstrap(groups, () => ({ none: undefined }), { rng: createRng(1), rounds: 5 })).toEqual(
      {},
    );
    expect(() =>
      clusterBootstrap(['a', 'a'], () => ({ one: 1 }), { rng: createRng(1) }),
    ).toThrowErrorMatchingInlineSnapshot(`[MedganError: a bootstrap over 1 groups: at least 2 are needed]`);
  });
});
