import assert from 'node:assert/strict';
import {
  createRng,
  parseOptions,
  type FeatureRows,
  type SetMetric,
  type SetNumber,
} from '@medgan/plugin-api';
import { equalValues } from '../assertions.ts';
import type { Check } from '../check.ts';
import { pluginChecks } from '../plugin-checks.ts';

/** A set metric under test, and its options: at least those without a default. */
export interface SetMetricSubject {
  readonly metric: SetMetric;
  readonly options: object;
}

interface Sets {
  readonly real: FeatureRows;
  readonly fake: FeatureRows;
}

const DIMS = 4;

/** Rows of independent normals. */
function normal(label: string, count: number, { dims = DIMS, mean = 0, deviation = 1 } = {}): FeatureRows {
  const rng = createRng(label);
  const values = Float64Array.from({ length: count * dims }, () => mean + deviation * rng.normal());
  return { count, dims, values };
}

/** Sets that every metric must compare: of unequal size, with more dims than images, equal, without variance. */
function ordinarySets(minimum: number): Readonly<Record<string, Sets>> {
  const rows = (label: string, count: number, change: Parameters<typeof normal>[2] = {}): FeatureRows =>
    normal(label, Math.max(count, minimum), change);
  return {
    'sets of one distribution': { real: rows('real', 60), fake: rows('fake', 60) },
    'sets of unequal size': { real: rows('real', minimum + 60), fake: rows('fake', 33) },
    'features of one dim': { real: rows('real', 40, { dims: 1 }), fake: rows('fake', 40, { dims: 1 }) },
    'more dims than images': {
      real: rows('real', 20, { dims: minimum + 50 }),
      fake: rows('fake', 20, { dims: minimum + 50 }),
    },
    'a set against itself': { real: rows('real', 40), fake: rows('real', 40) },
    'images that are all alike': {
      real: rows('real', 40, { deviation: 0 }),
      fake: rows('fake', 40, { deviation: 0 }),
    },
    'fakes that are all alike': { real: rows('real', 40), fake: rows('fake', 40, { deviation: 0 }) },
  };
}

/** Images per set in the larger tests; a metric that needs more is given as many as it needs. */
const imagesFor = (subject: SetMetricSubject, count: number): number => Math.max(count, minimumOf(subject));

const minimumOf = ({ metric, options }: SetMetricSubject): number =>
  metric.minimum(parseOptions<object>(metric.name, metric.options, options));

function compute({ metric, options }: SetMetricSubject, sets: Sets): Readonly<Record<string, SetNumber>> {
  const parsed = parseOptions<object>(metric.name, metric.options, options);
  return metric.compute(sets, parsed, { rng: createRng('set metric') });
}

function assertWellFormed(what: string, computed: Readonly<Record<string, SetNumber>>): void {
  for (const [name, { value, reason, deviation }] of Object.entries(computed)) {
    if (value === null) {
      assert.match(reason ?? '', /\S/, `${what}: ${name} is null without a reason`);
      continue;
    }
    assert.ok(Number.isFinite(value), `${what}: ${name} is ${value}`);
    assert.equal(reason, undefined, `${what}: ${name} has both a value and a reason for having none`);
    const spread = deviation === undefined || (Number.isFinite(deviation) && deviation >= 0);
    assert.ok(spread, `${what}: the deviation of ${name} is ${deviation}`);
  }
}

/** What every metric of two sets of images must do. */
export const setMetricChecks: readonly Check<SetMetricSubject>[] = [
  ...pluginChecks<SetMetricSubject>(({ metric, options }) => ({ ...metric, given: options })),
  {
    name: 'declares its values and the number of images that it needs',
    run(subject) {
      const { values } = subject.metric;
      assert.ok(values.length > 0, 'it declares no value');
      assert.equal(new Set(values.map(({ name }) => name)).size, values.length, 'two values of one name');
      for (const { name, direction } of values) {
        assert.match(name, /^[a-z][a-z0-9-]*$/, `${JSON.stringify(name)} is not kebab-case`);
        assert.match(direction, /^(higher|lower)$/);
      }
      const minimum = minimumOf(subject);
      assert.ok(Number.isInteger(minimum) && minimum > 0, `the minimum is ${minimum} images`);
    },
  },
  {
    name: 'computes exactly the values that it declares, of the fewest images too',
    run(subject) {
      const declared = subject.metric.values.map(({ name }) => name).sort();
      const minimum = minimumOf(subject);
      for (const [real, fake] of [
        [minimum, minimum],
        [minimum, minimum + 40],
        [minimum + 40, minimum],
      ] as const) {
        const what = `${real} real and ${fake} fake images`;
        const computed = compute(subject, { real: normal('real', real), fake: normal('fake', fake) });
        assert.deepEqual(Object.keys(computed).sort(), declared, what);
        assertWellFormed(what, computed);
      }
    },
  },
  {
    name: 'gives finite values, or null and a reason',
    run(subject) {
      const minimum = minimumOf(subject);
      for (const [what, sets] of Object.entries(ordinarySets(minimum))) {
        assertWellFormed(what, compute(subject, sets));
      }
      const count = imagesFor(subject, 60);
      const usual = compute(subject, { real: normal('real', count), fake: normal('fake', count) });
      for (const [name, { value, reason }] of Object.entries(usual))
        assert.notEqual(value, null, `${name} of ${count} real and ${count} fake images: ${reason}`);
    },
  },
  {
    name: 'finds fakes far from the reals and all alike no better by any value, and worse by one',
    run(subject) {
      const count = imagesFor(subject, 60);
      const real = normal('real', count);
      const near = compute(subject, { real, fake: normal('fake', count) });
      const far = compute(subject, { real, fake: normal('fake', count, { mean: 4, deviation: 0.01 }) });
      const gains = subject.metric.values.map(({ name, direction }) => {
        const [a, b] = [near[name]?.value ?? null, far[name]?.value ?? null];
        if (a === null || b === null) return 0;
        const gain = direction === 'higher' ? a - b : b - a;
        assert.ok(gain >= 0, `${name} is ${b} for them, ${a} for fakes like the reals`);
        return gain;
      });
      assert.ok(
        gains.some((gain) => gain > 0),
        'no value is worse for them',
      );
    },
  },
  {
    name: 'gives the same values for the same sets and stream, whatever it computed before',
    run(subject) {
      const count = imagesFor(subject, 50);
      const sets = (): Sets => ({ real: normal('real', count + 10), fake: normal('fake', count) });
      const once = compute(subject, sets());
      compute(subject, { real: normal('real', count), fake: normal('others', count) });
      assert.deepEqual(compute(subject, sets()), once, 'two calls differ');
    },
  },
  {
    name: 'does not change the features',
    run(subject) {
      const count = imagesFor(subject, 40);
      const sets = { real: normal('real', count), fake: normal('fake', count) };
      const before = [sets.real.values.slice(), sets.fake.values.slice()] as const;
      compute(subject, sets);
      const kept = equalValues(sets.real.values, before[0]) && equalValues(sets.fake.values, before[1]);
      assert.ok(kept, 'it wrote into the features');
    },
  },
  {
    name: 'reports progress that never goes back or past the end',
    run(subject) {
      const { metric, options } = subject;
      let last = 0;
      const onProgress = (done: number, total: number): void => {
        assert.ok(done >= last && done <= total, `${done} of ${total} after ${last}`);
        last = done;
      };
      const count = imagesFor(subject, 40);
      const sets = { real: normal('real', count), fake: normal('fake', count) };
      const parsed = parseOptions<object>(metric.name, metric.options, options);
      metric.compute(sets, parsed, { rng: createRng('set metric'), onProgress });
    },
  },
];
