import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MedganError } from '@medgan/files';
import {
  createRng,
  parseOptions,
  type FeatureExtractor,
  type Features,
  type MetricImages,
} from '@medgan/plugin-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyNetwork } from '../test/tiny-network.ts';
import {
  extractFeatures,
  onnxFeatures,
  pixelsPcaFeatures,
  randomConvFeatures,
  resize,
  sourceOfImages,
} from './index.ts';

function images(
  count: number,
  settings: { side?: number; channels?: number; seed?: number } = {},
): MetricImages {
  const { side = 8, channels = 3, seed = 1 } = settings;
  const values = createRng(seed).uniforms(count * side * side * channels);
  return { count, height: side, width: side, channels, values };
}

function open(
  features: Features,
  options: object,
  reference: MetricImages = images(20),
): Promise<FeatureExtractor> {
  const parsed = parseOptions<object>(features.name, features.options, options);
  return features.open(parsed, { reference: sourceOfImages(reference) });
}

describe.each([
  { name: 'random-conv', features: randomConvFeatures, options: { side: 16, channels: [4, 6] }, dims: 26 },
  { name: 'pixels-pca', features: pixelsPcaFeatures, options: { side: 4, components: 7 }, dims: 7 },
])('$name', ({ name, features, options, dims }) => {
  it('gives rows of its dims, the same however images are batched', async () => {
    const extractor = await open(features, options);
    expect([extractor.name, extractor.dims]).toEqual([name, dims]);
    const source = sourceOfImages(images(5, { seed: 2 }));
    const reported: number[] = [];
    const rows = await extractFeatures(extractor, source, {
      batch: 2,
      onProgress: (done) => reported.push(done),
    });
    expect(reported).toEqual([2, 4, 5]);
    expect(rows.values).toHaveLength(5 * dims);
    expect((await extractFeatures(await open(features, options), source)).values).toEqual(rows.values);
    expect(new Set(Array.from({ length: 5 }, (_, i) => rows.values[i * dims])).size).toBe(5);
  });

  it('takes grey images, and says in JSON what decides its features', async () => {
    const grey = images(20, { channels: 1 });
    const extractor = await open(features, options, grey);
    const values = await extractor.extract(grey);
    expect(values.every(Number.isFinite)).toBe(true);
    expect(JSON.parse(JSON.stringify(extractor.record))).toMatchObject({ extractor: name });
  });
});

describe('random-conv', () => {
  it('sees blur and grain, not only colour', async () => {
    const extractor = await open(randomConvFeatures, {});
    const rng = createRng(9);
    const photo = resize(images(1, { side: 12 }), { height: 64, width: 64, filter: 'bicubic' });
    const small = resize(photo, { height: 16, width: 16, filter: 'box' });
    const blurred = resize(small, { height: 64, width: 64, filter: 'bicubic' });
    const grainy = {
      ...photo,
      values: photo.values.map((value) => Math.min(1, Math.max(0, value + 0.05 * rng.normal()))),
    };
    const tinted = { ...photo, values: photo.values.map((value) => Math.min(1, value + 0.02)) };
    const base = await extractor.extract(photo);
    const distance = async (other: MetricImages): Promise<number> =>
      Math.sqrt((await extractor.extract(other)).reduce((sum, value, i) => sum + (value - base[i]!) ** 2, 0));
    const tint = await distance(tinted);
    expect(await distance(blurred)).toBeGreaterThan(3 * tint);
    expect(await distance(grainy)).toBeGreaterThan(3 * tint);
  });

  it('is another network under another seed', async () => {
    const one = await (await open(randomConvFeatures, { side: 8 })).extract(images(1));
    const two = await (await open(randomConvFeatures, { side: 8, seed: 2 })).extract(images(1));
    expect(one).not.toEqual(two);
  });
});

describe('pixels-pca', () => {
  it('keeps distances when it keeps all components', async () => {
    const reference = images(40, { side: 3, channels: 1 });
    const extractor = await open(pixelsPcaFeatures, { side: 3, components: 9 }, reference);
    const pair = images(2, { side: 3, channels: 1, seed: 5 });
    const rows = await extractor.extract(pair);
    const distance = (values: ArrayLike<number>): number =>
      Array.from({ length: 9 }, (_, i) => (values[i]! - values[9 + i]!) ** 2).reduce(
        (sum, square) => sum + square,
        0,
      );
    expect(distance(rows)).toBeCloseTo(distance(pair.values), 6);
  });

  it('puts the direction of most variance first', async () => {
    // Two pixels that move together ten times as far as they move apart.
    const rng = createRng(3);
    const values = Float32Array.from({ length: 200 }, () => 0);
    for (let i = 0; i < 200; i += 2) {
      const together = 0.2 * rng.normal();
      const apart = 0.02 * rng.normal();
      values[i] = Math.min(1, Math.max(0, 0.5 + together + apart));
      values[i + 1] = Math.min(1, Math.max(0, 0.5 + together - apart));
    }
    const reference = { count: 100, height: 1, width: 2, channels: 1, values };
    const square = { ...reference, count: 50, height: 2, values };
    const extractor = await open(pixelsPcaFeatures, { side: 2, components: 4 }, square);
    const rows = await extractor.extract(square);
    const variance = (column: number): number =>
      Array.from({ length: 50 }, (_, i) => rows[i * 4 + column]! ** 2).reduce((sum, value) => sum + value, 0);
    const variances = [0, 1, 2, 3].map(variance);
    expect(variances).toEqual([...variances].sort((p, q) => q - p));
    expect(variances[1]!).toBeGreaterThan(20 * variances[2]!);
  });

  it('needs two images to be fitted', async () => {
    await expect(open(pixelsPcaFeatures, {}, images(1))).rejects.toThrow('pixels-pca: 1 reference images');
  });
});

describe('onnx', () => {
  let folder = '';
  let file = '';
  let remove: () => Promise<void>;
  beforeAll(async () => ({ folder, file, remove } = await writeTinyNetwork()));
  afterAll(() => remove());

  const plain = { height: 4, width: 4, mean: [0, 0, 0], std: [1, 1, 1] };

  it('runs the network on resized, normalised images', async () => {
    const extractor = await open(onnxFeatures, {
      file,
      ...plain,
      mean: [0.5, 0, 0],
      std: [0.5, 1, 2],
      filter: 'box',
    });
    expect(extractor).toMatchObject({ name: 'onnx:tiny.onnx', dims: 3 });
    expect(extractor.record).toMatchObject({ resize: 'box', height: 4, output: 'pooled', layout: 'nchw' });
    const batch = images(3);
    const rows = await extractor.extract(batch);
    const size = 8 * 8 * 3;
    for (let i = 0; i < 3; i++) {
      for (let channel = 0; channel < 3; channel++) {
        const values = batch.values.subarray(i * size, (i + 1) * size).filter((_, at) => at % 3 === channel);
        const mean = values.reduce((sum, value) => sum + value, 0) / 64;
        const expected = [2 * (mean - 0.5), mean, mean / 2][channel]!;
        expect(rows[i * 3 + channel]).toBeCloseTo(expected, 5);
      }
    }
    await extractor.close?.();
  });

  it('averages an output with positions', async () => {
    const pooled = await open(onnxFeatures, { file, ...plain });
    const positive = await open(onnxFeatures, { file, ...plain, output: 'positive' });
    const batch = images(2, { side: 4 });
    const expected = await pooled.extract(batch);
    (await positive.extract(batch)).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
  });

  it('reads or refuses damaged networks', async () => {
    const whole = await readFile(file);
    const rng = createRng('damage');
    const path = join(folder, 'damaged.onnx');
    for (let i = 0; i < Number(process.env['MEDGAN_FUZZ'] ?? 200); i++) {
      const bytes = Buffer.from(whole);
      const at = Math.floor(rng.uniform() * bytes.length);
      bytes[at] = Math.floor(rng.uniform() * 256);
      await writeFile(path, i % 3 === 0 ? bytes.subarray(0, at) : bytes);
      const outcome: unknown = await open(onnxFeatures, { file: path }).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome, `file ${i}`).toBeInstanceOf(MedganError);
      else await (outcome as FeatureExtractor).close?.();
    }
  });

  it.each([
    ['', 'onnx:text.onnx is empty'],
    ['version https://git-lfs.github.com/spec/v1\n', 'onnx:text.onnx is a Git LFS pointer'],
    ['<html></html>', 'onnx:text.onnx is a web page'],
    ['PK\u0003\u0004', 'onnx:text.onnx is no network that ONNX Runtime can run'],
  ])('says what %j is', async (text, expected) => {
    const path = join(folder, 'text.onnx');
    await writeFile(path, text);
    await expect(open(onnxFeatures, { file: path })).rejects.toThrow(expected);
  });

  it('takes size and layout from the network, and one number for all channels', async () => {
    const extractor = await open(onnxFeatures, { file, mean: 0.5, std: 0.5 });
    expect(extractor.record).toMatchObject({ height: 4, width: 4, layout: 'nchw', mean: [0.5, 0.5, 0.5] });
    await extractor.close?.();
  });

  it('says what is wrong with the file, the output or the size', async () => {
    await expect(open(onnxFeatures, { file: join(folder, 'none.onnx') })).rejects.toThrow(
      /onnx features: ENOENT/,
    );
    const text = join(folder, 'text.onnx');
    await writeFile(text, 'not a network');
    await expect(open(onnxFeatures, { file: text })).rejects.toThrow('onnx:text.onnx is text');
    await expect(open(onnxFeatures, { file, ...plain, output: 'pool' })).rejects.toMatchObject({
      message: 'onnx:tiny.onnx has no output "pool"',
      cure: 'name one of pooled, positive',
    });
    await expect(open(onnxFeatures, { file, height: 5, width: 5 })).rejects.toThrow(
      'onnx:tiny.onnx takes no images: its input has height 4, not 5',
    );
  });
});
