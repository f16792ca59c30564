import type { MetricImages } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { gmsd, haarPsi, mdsi, msGmsd, msSsim, ssim } from './index.ts';

/** Waves that both this test and the script that asked piqa can make to the last bit but one. */
function waves(channels: number, frequency: number): MetricImages {
  const [count, height, width] = [2, 37, 30];
  const values = Float32Array.from(
    { length: count * height * width * channels },
    (_, i) => 0.5 + 0.5 * Math.sin(i * frequency + 0.3 * Math.cos(i * 0.01)),
  );
  return { count, height, width, channels, values };
}

const a = waves(3, 0.11);
const b = waves(3, 0.113);
const greyA = waves(1, 0.11);
const greyB = waves(1, 0.113);

// Printed by piqa 1.1.3 on torch 1.13 for the same images; grey ones repeated to RGB where piqa takes nothing else.
const cases: [string, Float64Array, [number, number]][] = [
  ['ssim, window 7', ssim(a, b, { windowSize: 7, sigma: 2, k1: 0.02, k2: 0.05 }), [-0.0407477, 0.1451871]],
  ['ssim, an even window', ssim(a, b, { windowSize: 8 }), [-0.0434724, 0.1328227]],
  ['ssim, grey', ssim(greyA, greyB), [-0.1187431, 0.2713257]],
  ['ms-ssim, 3 scales', msSsim(a, b, { windowSize: 5, weights: [0.3, 0.3, 0.4] }), [0, 0.1199252]],
  ['gmsd', gmsd(a, b), [0.2235744, 0.2127071]],
  ['gmsd, masked', gmsd(a, b, { alpha: 0.4, c: 0.01 }), [0.20833, 0.1984733]],
  ['ms-gmsd, 2 scales', msGmsd(a, b, { weights: [0.5, 0.5] }), [0.2671218, 0.2621956]],
  ['ms-gmsd, grey', msGmsd(greyA, greyB), [0.1711101, 0.1670897]],
  ['mdsi, product', mdsi(a, b, { combination: 'prod' }), [0.4261444, 0.4301086]],
  ['mdsi, other powers', mdsi(a, b, { rho: 2, q: 0.5, o: 0.3, alpha: 0.3 }), [0.512017, 0.5059772]],
  [
    'mdsi, product, other powers',
    mdsi(a, b, { combination: 'prod', beta: 0.5, gamma: 0.7, q: 0.9 }),
    [0.6964604, 0.7038942],
  ],
  ['mdsi, grey', mdsi(greyA, greyB), [0.5368065, 0.5195657]],
  ['haarpsi, luminance alone', haarPsi(a, b, { chromatic: false }), [0.4235817, 0.448247]],
  ['haarpsi, other constants', haarPsi(a, b, { c: 0.001, alpha: 3 }), [0.6021516, 0.6225173]],
  ['haarpsi, grey', haarPsi(greyA, greyB), [0.5745497, 0.6914991]],
];

describe('options, against piqa', () => {
  it.each(cases)('%s', (_, values, expected) => {
    values.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-5));
  });
});
