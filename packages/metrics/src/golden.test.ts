import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricImages } from '@medgan/plugin-api';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sharedData } from '../../../tools/vitest/shared-data.ts';
import { haarPsi, mdsi, minMax, msGmsd, msSsim, psnr, ssim } from './index.ts';

const golden = sharedData('golden/metrics');

const metrics = { psnr, ssim, ms_ssim: msSsim, ms_gmsd: msGmsd, mdsi, haarpsi: haarPsi };
type MetricName = keyof typeof metrics;
type Values = Partial<Record<MetricName, number>>;
type Golden = { pairs: Record<string, { raw: Values; minmax: Values }> };

async function read(name: string): Promise<MetricImages> {
  const { data, info } = await sharp(join(golden!, name))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { height, width, channels } = info;
  return { count: 1, height, width, channels, values: Float32Array.from(data, (byte) => byte / 255) };
}

describe.skipIf(golden === undefined)('agreement with piqa 1.1.3', () => {
  const { pairs } =
    golden === undefined
      ? { pairs: {} }
      : (JSON.parse(readFileSync(join(golden, 'metrics.json'), 'utf8')) as Golden);

  it.each(Object.entries(pairs))('%s, raw and min-max', async (name, { raw, minmax }) => {
    const [a, b] = await Promise.all([read(`${name}.a.png`), read(`${name}.b.png`)]);
    for (const [how, expected, x, y] of [
      ['raw', raw, a, b],
      ['min-max', minmax, minMax(a), minMax(b)],
    ] as const) {
      expect(Object.keys(expected).length, how).toBeGreaterThanOrEqual(5);
      for (const [metric, value] of Object.entries(expected) as [MetricName, number][]) {
        const tolerance = metric === 'psnr' ? 1e-3 : 1e-4;
        const deviation = Math.abs(metrics[metric](x, y)[0]! - value);
        expect(deviation, `${how} ${metric}`).toBeLessThan(tolerance);
      }
    }
  });
});
