import { createRng } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { withLayer } from '../test/run-layer.ts';
import { batchNorm } from './batch-norm.ts';
import { convolution } from './convolution.ts';
import { constant, normal, unitVector } from './initializers.ts';

function statistics(values: ArrayLike<number>): { mean: number; deviation: number; within: number } {
  const all = Array.from(values);
  const mean = all.reduce((sum, v) => sum + v, 0) / all.length;
  const deviation = Math.sqrt(all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (all.length - 1));
  const within = all.filter((v) => Math.abs(v - mean) < deviation).length / all.length;
  return { mean, deviation, within };
}

describe('normal', () => {
  it('draws N(mean, deviation²): the mean and spread within 5 standard errors', () => {
    const count = 40_000;
    const { mean, deviation, within } = statistics(normal(1, 0.02)([count / 4, 4], createRng(3)));
    expect(Math.abs(mean - 1)).toBeLessThan((5 * 0.02) / Math.sqrt(count));
    expect(Math.abs(deviation - 0.02)).toBeLessThan((5 * 0.02) / Math.sqrt(2 * count));
    expect(Math.abs(within - 0.6827)).toBeLessThan(5 * Math.sqrt((0.6827 * 0.3173) / count));
  });

  it('is decided by the stream', () => {
    const draw = (seed: number) => normal(0, 0.02)([3, 4], createRng(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});

describe('constant and unitVector', () => {
  it('are what they say', () => {
    expect(constant(2)([2, 3], createRng(1))).toEqual(new Float32Array(6).fill(2));
    expect(Math.hypot(...unitVector([50], createRng(1)))).toBeCloseTo(1, 6);
  });
});

describe('layers start', () => {
  it('with convolution weights N(0, 0.02)', () =>
    withLayer(
      {
        engine: 'cpu',
        build: (p) => convolution({ inputs: 32, outputs: 32, kernel: 4, stride: 2, pad: 1 }, p) as never,
      },
      async ({ read }) => {
        const { mean, deviation } = statistics(await read('weight'));
        expect(Math.abs(mean)).toBeLessThan((5 * 0.02) / 128);
        expect(Math.abs(deviation - 0.02)).toBeLessThan((5 * 0.02) / Math.sqrt(2 * 16_384));
      },
    ));

  it('with batch-norm scales N(1, 0.02), and shifts of 0', () =>
    withLayer({ engine: 'cpu', build: (p) => batchNorm(4096, p) }, async ({ read }) => {
      const { mean, deviation } = statistics(await read('weight'));
      expect(Math.abs(mean - 1)).toBeLessThan((5 * 0.02) / 64);
      expect(Math.abs(deviation - 0.02)).toBeLessThan((5 * 0.02) / Math.sqrt(2 * 4096));
      expect((await read('bias')).every((v) => v === 0)).toBe(true);
      expect((await read('running_mean')).every((v) => v === 0)).toBe(true);
      expect((await read('running_var')).every((v) => v === 1)).toBe(true);
    }));
});
