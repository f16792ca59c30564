import type { PairMetric } from '@medgan/plugin-api';
import { metricContract } from '@medgan/testing';
import { describe, expect, it } from 'vitest';
import * as exported from './index.ts';

const metrics = (Object.values(exported) as unknown[]).filter(
  (value): value is PairMetric =>
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'pair-metric',
);

metrics.forEach(metricContract);

describe('the built-in pair metrics', () => {
  it('are these, each with its direction', () => {
    expect(Object.fromEntries(metrics.map(({ name, direction }) => [name, direction]))).toEqual({
      gmsd: 'lower',
      haarpsi: 'higher',
      mdsi: 'lower',
      'ms-gmsd': 'lower',
      'ms-ssim': 'higher',
      psnr: 'higher',
      ssim: 'higher',
    });
  });
});
