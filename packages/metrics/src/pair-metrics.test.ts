import fc from 'fast-check';
import { createRng, type MetricImages } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { gmsd, haarPsi, mdsi, minMax, msGmsd, msSsim, psnr, ssim } from './index.ts';

const small = {
  psnr: { metric: psnr, best: 80, range: [-1e-6, 80], symmetric: true },
  ssim: { metric: ssim, best: 1, range: [-1, 1], symmetric: true },
  gmsd: { metric: gmsd, best: 0, range: [0, 1], symmetric: true },
  msGmsd: { metric: msGmsd, best: 0, range: [0, 1], symmetric: true },
  mdsi: { metric: mdsi, best: 0, range: [0, 1.25], symmetric: false },
  haarPsi: { metric: haarPsi, best: 1, range: [0, 1], symmetric: true },
} as const;
const cases = Object.entries(small).map(([name, rest]) => ({ name, ...rest }));

interface Spec {
  count: number;
  height: number;
  width: number;
  channels: number;
  seed: number;
}

/** Noise that is sometimes smooth, sometimes nearly binary. */
function images({ count, height, width, channels, seed }: Spec): MetricImages {
  const rng = createRng(seed);
  const power = [0.2, 1, 4][rng.integer(3)]!;
  const values = rng.uniforms(count * height * width * channels).map((value) => value ** power);
  return { count, height, width, channels, values };
}

const spec = fc.record({
  count: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 11, max: 24 }),
  width: fc.integer({ min: 11, max: 24 }),
  channels: fc.constantFrom(1, 3),
  seed: fc.nat(),
});

function pick(batch: MetricImages, order: readonly number[]): MetricImages {
  const size = batch.height * batch.width * batch.channels;
  const values = new Float32Array(order.length * size);
  order.forEach((from, to) => values.set(batch.values.subarray(from * size, (from + 1) * size), to * size));
  return { ...batch, count: order.length, values };
}

function scaled(batch: MetricImages, factor: number): MetricImages {
  return { ...batch, values: batch.values.map((value) => value * factor) };
}

const runs = { numRuns: 25 };

describe.each(cases)('$name', ({ metric, best, range, symmetric }) => {
  it('is exactly best for equal images, and within its range for others', () => {
    fc.assert(
      fc.property(spec, (shape) => {
        const a = images(shape);
        const b = images({ ...shape, seed: shape.seed + 1 });
        for (const value of metric(a, a)) expect(value).toBeCloseTo(best, 12);
        for (const value of metric(a, b)) {
          expect(value).toBeGreaterThanOrEqual(range[0]);
          expect(value).toBeLessThanOrEqual(range[1]);
          expect(Math.abs(value - best)).toBeGreaterThan(1e-3);
        }
      }),
      runs,
    );
  });

  it.runIf(symmetric)('is symmetric', () => {
    fc.assert(
      fc.property(spec, (shape) => {
        const a = images(shape);
        const b = images({ ...shape, seed: shape.seed + 1 });
        const there = metric(a, b);
        metric(b, a).forEach((value, i) => expect(value).toBeCloseTo(there[i]!, 9));
      }),
      runs,
    );
  });

  it('says the same of images in [0, 255] as of images in [0, 1]', () => {
    fc.assert(
      fc.property(spec, (shape) => {
        const a = images(shape);
        const b = images({ ...shape, seed: shape.seed + 1 });
        const unit = metric(a, b);
        metric(scaled(a, 255), scaled(b, 255), { valueRange: 255 }).forEach((value, i) =>
          expect(value).toBeCloseTo(unit[i]!, 4),
        );
      }),
      runs,
    );
  });

  it('values each pair of a batch by itself', () => {
    fc.assert(
      fc.property(spec, (shape) => {
        const a = images({ ...shape, count: 3 });
        const b = images({ ...shape, count: 3, seed: shape.seed + 1 });
        const order = [2, 0, 1];
        const straight = metric(a, b);
        expect([...metric(pick(a, order), pick(b, order))]).toEqual(order.map((i) => straight[i]));
        expect(metric(pick(a, [1]), pick(b, [1]))[0]).toBe(straight[1]);
      }),
      runs,
    );
  });

  it('names the image that holds a NaN', () => {
    const a = images({ count: 2, height: 16, width: 16, channels: 3, seed: 1 });
    const b = { ...a, values: a.values.slice() };
    b.values[16 * 16 * 3 + 5] = NaN;
    const cure = expect.stringContaining('images must lie in [0, 1]');
    const message = expect.stringContaining('image 1 holds the value NaN');
    expect(() => metric(a, b)).toThrow(expect.objectContaining({ message, cure }));
    expect(() => metric(a, scaled(a, 255))).toThrow(expect.objectContaining({ cure }));
  });

  it('refuses to pair images of different shapes', () => {
    const shape = { count: 2, height: 16, width: 16, channels: 3, seed: 1 };
    const a = images(shape);
    expect(() => metric(a, images({ ...shape, width: 17 }))).toThrow(
      '2 images of 16×16×3 with 2 images of 16×17×3',
    );
    expect(() => metric(a, pick(a, [0]))).toThrow('cannot pair');
    expect(() => metric(a, { ...a, values: a.values.subarray(1) })).toThrow('values for 2 images');
    const four = images({ ...shape, channels: 4 });
    expect(() => metric(four, four)).toThrow('1 (grey) or 3 (RGB) channels, not 4');
  });
});

describe('msSsim', () => {
  const shape = { count: 2, height: 161, width: 163, channels: 1, seed: 3 };

  it('is 1 for equal images, symmetric, and falls with noise', () => {
    const a = images(shape);
    const b = { ...a, values: a.values.map((value, i) => (value + (i % 7) / 7) / 2) };
    expect([...msSsim(a, a)]).toEqual([1, 1]);
    expect([...msSsim(a, b)]).toEqual([...msSsim(b, a)]);
    for (const value of msSsim(a, b)) expect(value).toBeLessThan(0.999);
  });

  it('says which size it needs', () => {
    const a = images({ ...shape, height: 160 });
    expect(() => msSsim(a, a)).toThrowErrorMatchingInlineSnapshot(`
      [MedganError: ms-ssim: 5 scales under a window of 11 need 161 pixels per side, not 160×163
        cure: use another size, or leave this metric out]
    `);
    expect(msSsim(a, a, { windowSize: 5 })[0]).toBe(1);
  });
});

describe('constant images', () => {
  const level = (value: number): MetricImages => ({
    count: 1,
    height: 16,
    width: 16,
    channels: 3,
    values: new Float32Array(16 * 16 * 3).fill(value),
  });

  it('have the values worked out by hand', () => {
    expect(psnr(level(0), level(1))[0]).toBeCloseTo(0, 6);
    expect(psnr(level(0.25), level(0.75))[0]).toBeCloseTo(-10 * Math.log10(0.25), 6);
    // No variance: the contrast term is 1, and what is left is the luminance term.
    expect(ssim(level(0.5), level(1))[0]).toBeCloseTo((2 * 0.5 + 1e-4) / (0.25 + 1 + 1e-4), 6);
    expect(haarPsi(level(0), level(0))[0]).toBe(1);
    expect(gmsd(level(0), level(0))[0]).toBe(0);
  });

  it('become black under min-max', () => {
    expect(minMax(level(0.5)).values.every((value) => value === 0)).toBe(true);
  });
});

describe('minMax', () => {
  it('stretches each image of a batch on its own', () => {
    const batch = {
      count: 2,
      height: 1,
      width: 3,
      channels: 1,
      values: Float32Array.of(0.25, 0.5, 0.75, 0, 0.25, 0.25),
    };
    expect([...minMax(batch).values]).toEqual([0, 0.5, 1, 0, 1, 1]);
  });
});
