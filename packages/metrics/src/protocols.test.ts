import { createRng, readerOf, type MetricImages } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import {
  diversity,
  inOrder,
  minMax,
  msSsimMetric,
  originalProtocol,
  pairedMean,
  psnr,
  psnrMetric,
  sourceOfImages,
  sourceOfPixels,
  sourceOfReader,
  ssimMetric,
  yardsticks,
} from './index.ts';

const side = 12;
const size = side * side * 3;

/** Smooth images in [0.1, 0.9]. */
function images(count: number, seed: number): MetricImages {
  const rng = createRng(seed);
  const values = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const [fx, fy, phase] = [rng.uniform(), rng.uniform(), 6 * rng.uniform()];
    for (let at = 0; at < size; at++) {
      const pixel = Math.floor(at / 3);
      values[i * size + at] =
        0.5 + 0.4 * Math.sin(fx * (pixel % side) + fy * Math.floor(pixel / side) + phase + (at % 3));
    }
  }
  return { count, height: side, width: side, channels: 3, values };
}

const metrics = [{ metric: psnrMetric }, { metric: ssimMetric }, { metric: msSsimMetric }];
const tooSmall = '5 scales under a window of 11 need 161 pixels per side, not 12×12';

describe('originalProtocol', () => {
  const real = images(6, 1);
  const fake = images(4, 2);

  it('pairs the i-th with the i-th, min-max normalised, up to the shorter length', () => {
    const result = originalProtocol({ real, fake }, { metrics });
    const pairs = psnr(
      minMax({ ...real, count: 4, values: real.values.subarray(0, 4 * size) }),
      minMax(fake),
    );
    const mean = pairs.reduce((sum, value) => sum + value, 0) / 4;
    expect(result).toMatchObject({
      protocol: 'original',
      normalisation: 'min-max',
      pairs: 4,
      settings: { offByOne: false },
    });
    expect(result.values['psnr']).toMatchObject({ direction: 'higher', count: 4 });
    expect(result.values['psnr']!.value).toBeCloseTo(mean, 12);
    expect(result.values['ms-ssim']).toEqual({
      direction: 'higher',
      value: null,
      deviation: null,
      interval: null,
      count: 0,
      reason: tooSmall,
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('drops the last pair when asked to err as the original does', () => {
    const result = originalProtocol({ real, fake }, { metrics, offByOne: true });
    const three = { ...fake, count: 3, values: fake.values.subarray(0, 3 * size) };
    expect(result.pairs).toBe(3);
    expect(result.values).toEqual(originalProtocol({ real, fake: three }, { metrics }).values);
  });

  it('gives null and a reason for a diverged generator and for no pairs at all', () => {
    const diverged = { ...fake, values: fake.values.map(() => NaN) };
    expect(originalProtocol({ real, fake: diverged }, { metrics }).values['psnr']).toMatchObject({
      value: null,
      reason: 'psnr: image 0 holds the value NaN',
    });
    const one = { ...fake, count: 1, values: fake.values.subarray(0, size) };
    const { values, pairs } = originalProtocol({ real, fake: one }, { metrics, offByOne: true });
    expect(pairs).toBe(0);
    expect(values['psnr']).toMatchObject({ value: null, reason: 'no pairs to compare' });
  });

  it('refuses fakes of another size', () => {
    const small = { ...fake, height: 6, values: fake.values.subarray(0, 2 * size) };
    expect(() => originalProtocol({ real, fake: small }, { metrics })).toThrow(
      'real images of 12×12×3 beside fake ones of 6×12×3',
    );
  });
});

describe('inOrder', () => {
  it('has no deviation for a single pair', () => {
    const one = images(1, 1);
    const { values } = inOrder({ real: one, fake: one }, { metrics, normalisation: 'none' });
    expect(values['psnr']).toEqual({
      direction: 'higher',
      value: 80,
      deviation: null,
      interval: null,
      count: 1,
    });
  });
});

describe('pairedMean', () => {
  const real = images(7, 1);
  const fake = images(5, 2);
  const sources = { real: sourceOfImages(real), fake: sourceOfImages(fake) };

  it('is the mean over all pairs when every real is drawn', async () => {
    const reported: string[] = [];
    const result = await pairedMean(sources, {
      metrics,
      seed: 1,
      perFake: 100,
      onProgress: (done, total) => reported.push(`${done}/${total}`),
    });
    expect(reported.at(-1)).toBe('5/5');
    let sum = 0;
    for (let shift = 0; shift < 7; shift++) {
      for (let i = 0; i < 5; i++) {
        const j = (i + shift) % 7;
        sum += psnr(
          { ...real, count: 1, values: real.values.subarray(j * size, (j + 1) * size) },
          { ...fake, count: 1, values: fake.values.subarray(i * size, (i + 1) * size) },
        )[0]!;
      }
    }
    const { value, deviation, interval, count } = result.values['psnr']!;
    expect(value).toBeCloseTo(sum / 35, 9);
    expect(result).toMatchObject({ protocol: 'paired-mean', pairs: 35, settings: { seed: 1, perFake: 7 } });
    expect(count).toBe(5);
    expect((interval![1] - interval![0]) / 2).toBeCloseTo((1.96 * deviation!) / Math.sqrt(5), 9);
    expect(result.values['ms-ssim']!.reason).toBe(tooSmall);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('draws by its seed', async () => {
    const draw = (seed: number): Promise<unknown> => pairedMean(sources, { metrics, seed, perFake: 2 });
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
  });

  it('names the fake that is NaN', async () => {
    const values = fake.values.slice();
    values[3 * size] = NaN;
    const result = await pairedMean(
      { ...sources, fake: sourceOfImages({ ...fake, values }) },
      { metrics, seed: 1, perFake: 2 },
    );
    expect(result.values['ssim']).toMatchObject({
      value: null,
      reason: 'fake image 3: ssim: image 0 holds the value NaN',
    });
  });
});

describe('yardsticks', () => {
  it('put real images above noise, and compare none with itself', async () => {
    // One image, a little lighter or darker.
    const [first] = [images(1, 1).values];
    const values = Float32Array.from(
      { length: 8 * size },
      (_, at) => first[at % size]! + 0.01 * Math.floor(at / size),
    );
    const real = sourceOfImages({ ...images(8, 1), values });
    const { ceiling, floor } = await yardsticks(real, { metrics, seed: 1, perFake: 50, images: 4 });
    expect([ceiling.protocol, ceiling.pairs, floor.protocol, floor.pairs]).toEqual([
      'real-real',
      28,
      'real-noise',
      32,
    ]);
    expect(ceiling.values['psnr']!.value!).toBeLessThan(60);
    for (const name of ['psnr', 'ssim']) {
      expect(ceiling.values[name]!.value!).toBeGreaterThan(floor.values[name]!.value!);
    }
  });

  it('has no ceiling for a single image', async () => {
    const { ceiling, floor } = await yardsticks(sourceOfImages(images(1, 1)), { metrics, seed: 1 });
    expect(ceiling.values['psnr']).toMatchObject({ value: null, reason: 'no pairs to compare' });
    expect(floor.values['psnr']!.value).not.toBeNull();
  });
});

describe('diversity', () => {
  const chosen = [{ metric: msSsimMetric }, { metric: ssimMetric }] as const;
  const real = sourceOfImages(images(10, 1));

  it('finds a collapsed generator, with the first metric that fits the size', async () => {
    const one = images(1, 5);
    const values = new Float32Array(6 * size);
    for (let i = 0; i < 6; i++) values.set(one.values, i * size);
    const fake = sourceOfImages({ ...one, count: 6, values });
    const result = await diversity({ real, fake }, { metrics: chosen, seed: 1, pairs: 12 });
    expect(result).toMatchObject({ metric: 'ssim', pairs: 12, seed: 1 });
    expect([result.real.count, result.fake.count]).toEqual([12, 12]);
    expect(result.fake.value).toBeCloseTo(1, 12);
    expect(result.real.value!).toBeLessThan(0.9);
  });

  it('uses each pair once, and all of them when they are few', async () => {
    const { real: all } = await diversity({ real, fake: real }, { metrics: chosen, seed: 1, pairs: 1000 });
    expect(all.count).toBe(45);
    const { fake } = await diversity(
      { real, fake: sourceOfImages(images(1, 2)) },
      { metrics: chosen, seed: 1 },
    );
    expect(fake).toMatchObject({ value: null, reason: 'needs 2 images, got 1' });
  });
});

describe('sourceOfPixels', () => {
  it('reads bytes as [0, 1], in the order asked for', () => {
    const pixels = Uint8Array.from([0, 51, 102, 255]);
    const source = sourceOfPixels({ size: 1, channels: 1, count: 4, pixels }, [3, 1, 0]);
    expect(source.count).toBe(3);
    const { values } = source.read(0, 2) as MetricImages;
    expect(values[0]).toBe(1);
    expect(values[1]).toBeCloseTo(0.2, 7);
  });

  it('gives what a reader of the same bytes gives', async () => {
    const pixels = Uint8Array.from({ length: 24 }, (_, i) => i * 10);
    const bytes = { size: 2, channels: 3, count: 2, pixels };
    for (const indices of [undefined, [1, 0]]) {
      const [source, reader] = [sourceOfPixels(bytes, indices), sourceOfReader(readerOf(bytes), indices)];
      expect(reader).toMatchObject({ count: 2, height: 2, width: 2, channels: 3 });
      expect(await reader.read(1, 1)).toEqual(await source.read(1, 1));
    }
  });
});
