import assert from 'node:assert/strict';
import {
  createRng,
  MedganError,
  parseOptions,
  type MetricImages,
  type MetricImageShape,
  type PairMetric,
} from '@medgan/plugin-api';
import { equalValues, largestDifference } from '../assertions.ts';
import type { Check } from '../check.ts';
import { pluginChecks } from '../plugin-checks.ts';

const SIDES = [1, 2, 3, 8, 16, 32, 64, 128, 256];
const CHANNELS = [1, 2, 3, 4];
/** Rounding of float32 images may put a value this far outside of its range. */
const ROUNDING = 1e-6;

type Shape = MetricImageShape;

const defaultsOf = (metric: PairMetric): object => parseOptions<object>(metric.name, metric.options, {});

/** The smallest square shapes that the metric compares, in one and three channels, at least one of them. */
function comparable(metric: PairMetric): Shape[] {
  const shapes = [1, 3].flatMap((channels) => {
    const fits = (n: number): boolean =>
      metric.refuses({ height: n, width: n, channels }, defaultsOf(metric)) === undefined;
    const side = SIDES.find(fits);
    return side === undefined ? [] : [{ height: side, width: side, channels }];
  });
  assert.ok(shapes.length > 0, 'it refuses every square of up to 256 pixels in one and in three channels');
  return shapes;
}

const imagesOf = ({ height, width, channels }: Shape, values: Float32Array): MetricImages => ({
  count: values.length / (height * width * channels),
  height,
  width,
  channels,
  values,
});

const sizeOf = ({ height, width, channels }: Shape): number => height * width * channels;

/** `count` smooth images in [0, 1], the same ones for the same label. */
function smooth(shape: Shape, count: number, label: string): MetricImages {
  const rng = createRng(label);
  const values = new Float32Array(count * sizeOf(shape));
  for (let i = 0, at = 0; i < count; i++) {
    const [fx, fy, phase] = [0.1 + 0.3 * rng.uniform(), 0.1 + 0.3 * rng.uniform(), 6 * rng.uniform()];
    for (let y = 0; y < shape.height; y++) {
      for (let x = 0; x < shape.width; x++) {
        for (let c = 0; c < shape.channels; c++)
          values[at++] = 0.5 + 0.4 * Math.sin(fx * x + fy * y + phase + c);
      }
    }
  }
  return imagesOf(shape, values);
}

/** The images with noise of the given strength, clipped to [0, 1]. */
function noisy(images: MetricImages, strength: number): MetricImages {
  const rng = createRng('noise');
  const values = images.values.map((x) => Math.min(1, Math.max(0, x + strength * rng.normal())));
  return { ...images, values };
}

const constant = (shape: Shape, level: number): MetricImages =>
  imagesOf(shape, new Float32Array(sizeOf(shape)).fill(level));

function compute(metric: PairMetric, a: MetricImages, b: MetricImages): Float64Array {
  return metric.compute(a, b, defaultsOf(metric));
}

function assertWithinRange(metric: PairMetric, what: string, values: Float64Array): void {
  const [least, greatest] = metric.range;
  for (const value of values) {
    assert.ok(!Number.isNaN(value), `${what}: NaN`);
    const within = value >= least - ROUNDING && value <= greatest + ROUNDING;
    assert.ok(within, `${what}: ${value} is outside [${least}, ${greatest}]`);
  }
}

const ruleOf = (name: string, rule: (metric: PairMetric, shape: Shape) => void): Check<PairMetric> => ({
  name,
  run(metric) {
    for (const shape of comparable(metric)) rule(metric, shape);
  },
});

/** What every metric of image pairs must do. */
export const metricChecks: readonly Check<PairMetric>[] = [
  ...pluginChecks<PairMetric>((metric) => metric),
  {
    name: 'declares its title, its range and which end of the range is good',
    run({ title, unit = 'none', range, direction }) {
      assert.match(title, /^\S(.*\S)?$/, 'title is not one line of text');
      assert.match(unit, /^\S+$/, 'unit is not one word; leave it out for a pure number');
      assert.ok(range[0] < range[1], `the range [${range.join(', ')}] is empty`);
      assert.match(direction, /^(higher|lower)$/);
    },
  },
  {
    name: 'gives a reason for every shape it refuses, the same one every time',
    run(metric) {
      const options = defaultsOf(metric);
      for (const side of SIDES) {
        for (const channels of CHANNELS) {
          const shape = { height: side, width: side, channels };
          const reason = metric.refuses(shape, options);
          assert.equal(metric.refuses(shape, options), reason);
          if (reason !== undefined)
            assert.match(reason, /\S/, `no reason against ${side}×${side}×${channels}`);
        }
      }
      comparable(metric);
    },
  },
  ruleOf('gives an image against itself the best value of its range', (metric, shape) => {
    const images = smooth(shape, 3, 'identity');
    const best = metric.range[metric.direction === 'higher' ? 1 : 0];
    for (const value of compute(metric, images, images)) {
      const isBest = value === best || Math.abs(value - best) <= ROUNDING * Math.max(1, Math.abs(best));
      assert.ok(isBest, `${value} for equal images, the best is ${best}`);
    }
  }),
  ruleOf('gives one value per pair, within its range, worse for noise', (metric, shape) => {
    const images = smooth(shape, 4, 'bounds');
    const against = (other: MetricImages): Float64Array => {
      const values = compute(metric, images, other);
      assert.equal(values.length, 4, `${values.length} values for 4 pairs`);
      assertWithinRange(metric, 'images', values);
      return values;
    };
    const same = against(images);
    against(noisy(images, 0.05));
    against(smooth(shape, 4, 'others'));
    for (const [i, value] of against(noisy(images, 0.3)).entries()) {
      const worse = metric.direction === 'higher' ? value < same[i]! : value > same[i]!;
      assert.ok(worse, `${value} with noise, ${same[i]} without`);
    }
  }),
  ruleOf('values each pair by itself, whatever its place in the batch', (metric, shape) => {
    const [a, b] = [smooth(shape, 3, 'left'), smooth(shape, 3, 'right')];
    const order = [2, 0, 1];
    const size = sizeOf(shape);
    const reordered = ({ values, ...rest }: MetricImages): MetricImages => {
      const moved = new Float32Array(values.length);
      order.forEach((from, to) => moved.set(values.subarray(from * size, (from + 1) * size), to * size));
      return { ...rest, values: moved };
    };
    const straight = compute(metric, a, b);
    const turned = compute(metric, reordered(a), reordered(b));
    const expected = order.map((i) => straight[i]!);
    assert.ok(
      largestDifference(turned, expected) <= ROUNDING,
      `[${turned.join(', ')}], not [${expected.join(', ')}]`,
    );
  }),
  ruleOf('is symmetric exactly when it says so', (metric, shape) => {
    const [a, b] = [smooth(shape, 4, 'left'), noisy(smooth(shape, 4, 'right'), 0.2)];
    const difference = largestDifference(compute(metric, a, b), compute(metric, b, a));
    const size = Math.max(1, ...compute(metric, a, b).map(Math.abs));
    const symmetric = difference <= ROUNDING * size;
    assert.equal(symmetric, metric.symmetric, `(a, b) and (b, a) differ by ${difference}`);
  }),
  ruleOf(
    'refuses to compute on unequal shapes, on shapes it refuses and on values outside [0, 1]',
    (metric, shape) => {
      const images = smooth(shape, 2, 'left');
      const refused = (what: string, a: MetricImages, b: MetricImages): void =>
        assert.throws(() => compute(metric, a, b), MedganError, `no MedganError for ${what}`);
      refused('3 images against 2', smooth(shape, 3, 'right'), images);
      for (const value of [NaN, -0.5, 1.5]) {
        const values = images.values.slice();
        values[values.length - 1] = value;
        refused(`the value ${value}`, images, { ...images, values });
      }
      const unfit = SIDES.flatMap((side) =>
        CHANNELS.map((channels) => ({ height: side, width: side, channels })),
      );
      const first = unfit.find((s) => metric.refuses(s, defaultsOf(metric)) !== undefined);
      if (first)
        refused(
          `${first.width}×${first.height}×${first.channels}`,
          constant(first, 0.5),
          constant(first, 0.5),
        );
    },
  ),
  ruleOf('never returns NaN, not even for constant images', (metric, shape) => {
    const levels = [0, 0.5, 1].map((level) => constant(shape, level));
    const images = [...levels, smooth(shape, 1, 'one')];
    for (const [i, a] of images.entries()) {
      for (const [j, b] of images.entries())
        assertWithinRange(metric, `images ${i} and ${j}`, compute(metric, a, b));
    }
  }),
  ruleOf('does not change its images, and returns the same values twice', (metric, shape) => {
    const [a, b] = [smooth(shape, 2, 'left'), smooth(shape, 2, 'right')];
    const before = [a.values.slice(), b.values.slice()] as const;
    const once = compute(metric, a, b);
    assert.ok(
      equalValues(a.values, before[0]) && equalValues(b.values, before[1]),
      'it wrote into its images',
    );
    assert.ok(equalValues(compute(metric, a, b), once), 'two calls differ');
  }),
];
