import { createRng, type FeatureRows } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { evaluateSets, frechetMetric, kidMetric, nearestReal, prdcMetric } from './index.ts';

function rows(count: number, settings: { seed: number; shift?: number; dims?: number }): FeatureRows {
  const { seed, shift = 0, dims = 4 } = settings;
  const rng = createRng(seed);
  return { count, dims, values: Float64Array.from({ length: count * dims }, () => rng.normal() + shift) };
}

const extractor = { name: 'random-conv', record: { extractor: 'random-conv', seed: 1 } };
const metrics = [
  { metric: kidMetric, options: { subsets: 10 } },
  { metric: frechetMetric },
  { metric: prdcMetric },
];
const settings = { extractor, metrics, seed: 7 };

describe('evaluateSets', () => {
  const real = rows(60, { seed: 1 });

  it('names values after the extractor, and keeps everything that decides them', () => {
    const result = evaluateSets({ real, fake: rows(50, { seed: 2 }) }, settings);
    expect(result.values.map(({ name, direction }) => `${name} ${direction}`)).toEqual([
      'kid@random-conv lower',
      'frechet@random-conv lower',
      'precision@random-conv higher',
      'recall@random-conv higher',
      'density@random-conv higher',
      'coverage@random-conv higher',
    ]);
    expect(result).toMatchObject({
      features: extractor.record,
      images: { real: 60, fake: 50 },
      seed: 7,
      options: { kid: { subsets: 10, subsetSize: 1000 }, frechet: {}, prdc: { nearestK: 5 } },
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(evaluateSets({ real, fake: rows(50, { seed: 2 }) }, settings)).toEqual(result);
  });

  it('finds fakes of another distribution worse by every value', () => {
    const near = evaluateSets({ real, fake: rows(60, { seed: 2 }) }, settings).values;
    const far = evaluateSets({ real, fake: rows(60, { seed: 3, shift: 2 }) }, settings).values;
    near.forEach(({ value, direction }, i) => {
      const gain = value! - far[i]!.value!;
      expect(direction === 'higher' ? gain : -gain).toBeGreaterThan(0);
    });
  });

  it('gives null and a reason for sets too small', () => {
    const { values } = evaluateSets({ real, fake: rows(1, { seed: 2 }) }, settings);
    expect(values.map(({ value, reason }) => [value, reason])).toEqual([
      [null, 'needs 4 images of each kind, got 60 real and 1 fake'],
      [null, 'needs 2 images of each kind, got 60 real and 1 fake'],
      ...Array.from({ length: 4 }, () => [null, 'needs 6 images of each kind, got 60 real and 1 fake']),
    ]);
  });

  it('refuses features that cannot be compared', () => {
    const fake = rows(20, { seed: 2 });
    fake.values[9] = NaN;
    expect(() => evaluateSets({ real, fake }, settings)).toThrow(
      'kid: feature of fake image 2 is not finite',
    );
    expect(() => evaluateSets({ real, fake: rows(20, { seed: 2, dims: 5 }) }, settings)).toThrow(
      'kid: features of 4 and of 5 dims',
    );
    const wrong = { ...settings, metrics: [{ metric: kidMetric, options: { subset: 3 } }] };
    expect(() => evaluateSets({ real, fake: real }, wrong)).toThrow('did you mean "subsets"?');
  });

  it('refuses a metric that does not compute what it declares', () => {
    const broken = {
      ...kidMetric,
      values: [...kidMetric.values, { name: 'mmd', direction: 'lower' as const }],
    };
    expect(() => evaluateSets({ real, fake: real }, { ...settings, metrics: [{ metric: broken }] })).toThrow(
      'set metric kid computed no value "mmd"',
    );
  });

  it('reports the progress of each metric', () => {
    const finished = new Set<string>();
    evaluateSets(
      { real, fake: real },
      {
        ...settings,
        onProgress: (metric, done, total) => {
          if (done === total) finished.add(metric);
        },
      },
    );
    expect([...finished]).toEqual(['kid', 'frechet', 'prdc']);
  });
});

describe('nearestReal', () => {
  const line = (...values: number[]): FeatureRows => ({
    count: values.length,
    dims: 1,
    values: Float64Array.from(values),
  });

  it('has the values worked out by hand', () => {
    // Reals are 1, 1, 2 and 4 from their nearest other; fakes 0.1, 3 and 0.5 from their nearest real.
    const result = nearestReal({ real: line(0, 1, 3, 7), fake: line(7.1, 10, 0.5) }, { worst: 2 });
    expect(result).toMatchObject({ medianFake: 0.5, medianReal: 2 });
    expect(result.nearer.map(({ quantile, distance }) => [quantile, distance])).toEqual([
      [0, 1],
      [0.05, 1],
      [0.5, 2],
    ]);
    for (const { share } of result.nearer) expect(share).toBeCloseTo(2 / 3, 12);
    expect(result.worst).toEqual([
      { fake: 0, real: 3, distance: expect.closeTo(0.1, 9) as number, realToReal: 4 },
      { fake: 2, real: 0, distance: 0.5, realToReal: 1 },
    ]);
  });

  it('finds copies of training images, and no fault with fresh ones', () => {
    const real = rows(200, { seed: 1 });
    const fresh = nearestReal({ real, fake: rows(200, { seed: 2 }) });
    expect(fresh.nearer[0]!.share).toBeLessThan(0.05);
    expect(Math.abs(fresh.nearer[2]!.share - 0.5)).toBeLessThan(0.15);
    const copied = nearestReal({ real, fake: { ...real, values: real.values.map((value) => value + 1e-6) } });
    expect(copied.nearer.map(({ share }) => share)).toEqual([1, 1, 1]);
  });

  it('says why it cannot be computed', () => {
    expect(nearestReal({ real: line(1), fake: line(2) })).toEqual({
      nearer: [],
      medianFake: null,
      medianReal: null,
      worst: [],
      reason: 'needs 2 real images, got 1',
    });
  });
});
