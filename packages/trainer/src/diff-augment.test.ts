import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startEngine, type Values } from '@medgan/engine';
import { createRng } from '@medgan/plugin-api';
import { diffAugment, diffAugmentInputs, type DiffAugmentation } from './diff-augment.ts';
import { drawInputs } from './step-inputs.ts';

/** One image as rows of pixels of channels. */
type Image = number[][][];

const BATCH = 4;

/** Largest float32 below 1. */
const ALMOST_ONE = 1 - 2 ** -24;

const map = (image: Image, change: (value: number, y: number, x: number, c: number) => number): Image =>
  image.map((row, y) => row.map((pixel, x) => pixel.map((value, c) => change(value, y, x, c))));

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The paper's transforms of one image, pixel by pixel. */
const REFERENCE: Readonly<Record<DiffAugmentation, (image: Image, draws: readonly number[]) => Image>> = {
  color(image, [brightness, saturation, contrast]) {
    const lit = map(image, (value) => value + brightness! - 0.5);
    const saturated = map(lit, (value, y, x) => {
      const grey = mean(lit[y]![x]!);
      return (value - grey) * 2 * saturation! + grey;
    });
    const middle = mean(saturated.flat(2));
    return map(saturated, (value) => (value - middle) * (0.5 + contrast!) + middle);
  },
  translation(image, draws) {
    const most = Math.floor(image.length / 8 + 0.5);
    const [down, right] = draws.map((draw) => Math.floor(draw * (2 * most + 1)) - most) as [number, number];
    return map(image, (_value, y, x, c) => image[y + down]?.[x + right]?.[c] ?? 0);
  },
  cutout(image, draws) {
    const size = image.length;
    const side = Math.floor(size / 2 + 0.5);
    const places = size + 1 - (side % 2);
    const [top, left] = draws.map((draw) => Math.floor(draw * places) - Math.floor(side / 2)) as [
      number,
      number,
    ];
    const isCut = (y: number, x: number): boolean =>
      y >= top && y < top + side && x >= left && x < left + side;
    return map(image, (value, y, x) => (isCut(y, x) ? 0 : value));
  },
};

interface Case {
  readonly policy: readonly DiffAugmentation[];
  readonly size: number;
  readonly channels: number;
}

const shapeOf = ({ size, channels }: Case): [number, number, number, number] => [BATCH, size, size, channels];

const useOf = ({ policy }: Case) => ({ policy, use: 'fake' }) as const;

/** Batch of images, weights of a sum over them, and draws: at both ends of their range, and between. */
function valuesOf(each: Case): {
  images: Float32Array;
  weights: Float32Array;
  drawn: Record<string, Values>;
} {
  const rng = createRng('diff-augment');
  const count = BATCH * each.size ** 2 * each.channels;
  const drawn = drawInputs(diffAugmentInputs(useOf(each), BATCH), rng);
  for (const values of Object.values(drawn)) {
    const numbers = values.length / BATCH;
    values.fill(0, 0, numbers).fill(ALMOST_ONE, numbers, 2 * numbers);
  }
  return { images: rng.uniforms(count).map((x) => 2 * x - 1), weights: rng.normals(count), drawn };
}

/** The augmented images and the gradient of their weighted sum by the images. */
async function augmentedOn(
  name: 'onnx' | 'cpu',
  each: Case,
  images: Float32Array,
): Promise<{ augmented: Values; gradient: Values }> {
  const engine = await startEngine(name, { threads: 1 });
  const shape = shapeOf(each);
  const program = await engine.compile(
    (given) => {
      const augment = (x: tf.Tensor): tf.Tensor => diffAugment(x as tf.Tensor4D, useOf(each), given);
      const weighted = (x: tf.Tensor): tf.Tensor => tf.sum(tf.mul(augment(x), given['weights']!));
      return { augmented: augment(given['images']!), gradient: tf.grad(weighted)(given['images']!) };
    },
    { images: { shape }, weights: { shape }, ...diffAugmentInputs(useOf(each), BATCH) },
  );
  const { weights, drawn } = valuesOf(each);
  const { augmented, gradient } = await program.run({ images, weights, ...drawn });
  await engine.dispose();
  return { augmented: augmented!, gradient: gradient! };
}

/** Image `n` of the batch, augmented by the reference. */
function referenceOf(each: Case, images: Float32Array, n: number): number[] {
  const { drawn } = valuesOf(each);
  const { size, channels, policy } = each;
  const pixels = Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (__, x) => {
      const from = ((n * size + y) * size + x) * channels;
      return [...images.subarray(from, from + channels)];
    }),
  );
  const augmented = policy.reduce<Image>((image, name) => {
    const values = drawn[`diff-augment/fake/${name}`]!;
    const numbers = values.length / BATCH;
    return REFERENCE[name](image, [...values.subarray(n * numbers, (n + 1) * numbers)]);
  }, pixels);
  return augmented.flat(2);
}

function expectClose(actual: Values | readonly number[], expected: Values | readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  let worst = 0;
  for (const [i, value] of expected.entries()) {
    worst = Math.max(worst, Math.abs(actual[i]! - value) / Math.max(1, Math.abs(value)));
  }
  expect(worst).toBeLessThan(1e-5);
}

const POLICIES: readonly (readonly DiffAugmentation[])[] = [
  ['color'],
  ['translation'],
  ['cutout'],
  ['cutout', 'color', 'translation'],
];
const CASES = POLICIES.flatMap((policy) =>
  [
    { size: 16, channels: 3 },
    { size: 8, channels: 1 },
    { size: 7, channels: 3 },
    { size: 6, channels: 1 },
  ].map((format) => ({ policy, ...format })),
);
const SMALL_CASES = CASES.filter(({ size }) => size < 8);

describe.each(['onnx', 'cpu'] as const)('diffAugment on %s', (name) => {
  it.each(CASES)('does $policy as the paper says, $size px, $channels channels', async (each) => {
    const { images } = valuesOf(each);
    const { augmented } = await augmentedOn(name, each, images);
    const expected = Array.from({ length: BATCH }, (_, n) => referenceOf(each, images, n));
    expectClose(augmented, expected.flat());
  });

  it.each(SMALL_CASES)('has the gradient of $policy, $size px, $channels channels', async (each) => {
    const { images, weights } = valuesOf(each);
    const { gradient } = await augmentedOn(name, each, images);
    // The transforms are affine: one difference is the slope, however far it goes.
    const pixels = images.length / BATCH;
    const starts = Array.from({ length: BATCH }, (_, n) => referenceOf(each, images, n));
    const slopes = Array.from(images, (_, i) => {
      const n = Math.floor(i / pixels);
      const moved = images.slice();
      moved[i]! += 1;
      const after = referenceOf(each, moved, n);
      return after.reduce((sum, value, at) => sum + (value - starts[n]![at]!) * weights[n * pixels + at]!, 0);
    });
    expectClose(gradient, slopes);
  });
});

describe('diffAugmentInputs', () => {
  it('names what is drawn by its use, so that real and generated images are changed apart', () => {
    const policy = ['color', 'cutout'] as const;
    expect(diffAugmentInputs({ policy, use: 'real' }, 5)).toEqual({
      'diff-augment/real/color': { shape: [5, 3], drawn: 'uniform' },
      'diff-augment/real/cutout': { shape: [5, 2], drawn: 'uniform' },
    });
    const drawn = (use: 'real' | 'generator'): Values[] =>
      Object.values(drawInputs(diffAugmentInputs({ policy, use }, 5), createRng(1)));
    expect(drawn('real')).not.toEqual(drawn('generator'));
  });

  it('is nothing without a policy', () => {
    expect(diffAugmentInputs({ policy: [], use: 'real' }, 5)).toEqual({});
  });
});
