import { createRng, type MetricImages } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { resize, resizeFilters } from './resize.ts';

const row = (...values: number[]): MetricImages => ({
  count: 1,
  height: 1,
  width: values.length,
  channels: 1,
  values: Float32Array.from(values),
});

describe('resize', () => {
  it('averages blocks with the box filter, in both directions and each channel alone', () => {
    const image: MetricImages = {
      count: 1,
      height: 2,
      width: 2,
      channels: 3,
      values: Float32Array.from([0, 0.1, 1, 0, 0.3, 1, 0.5, 0.1, 0, 0.5, 0.3, 0]),
    };
    const { values } = resize(image, { height: 1, width: 1, filter: 'box' });
    [0.25, 0.2, 0.5].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 6));
  });

  it('interpolates between pixel centres', () => {
    const { values } = resize(row(0, 1), { height: 1, width: 4, filter: 'bilinear' });
    expect([...values]).toEqual([0, 0.25, 0.75, 1]);
  });

  it('widens the filter when it reduces, so that stripes become grey', () => {
    const stripes = row(...Array.from({ length: 64 }, (_, i) => i % 2));
    for (const filter of resizeFilters) {
      const { values } = resize(stripes, { height: 1, width: 8, filter });
      for (const value of values.slice(1, 7)) expect(value).toBeCloseTo(0.5, 1);
    }
  });

  it.each(resizeFilters)('keeps constants and the range with %s', (filter) => {
    const rng = createRng(1);
    const images = {
      count: 2,
      height: 9,
      width: 7,
      channels: 3,
      values: rng.uniforms(2 * 9 * 7 * 3).map(Math.round),
    };
    const flat = { ...images, values: images.values.map(() => 0.25) };
    const to = { height: 5, width: 16, filter };
    for (const value of resize(flat, to).values) expect(value).toBeCloseTo(0.25, 6);
    for (const value of resize(images, to).values) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
    expect(resize(images, { height: 9, width: 7, filter })).toBe(images);
  });
});
