import assert from 'node:assert/strict';
import {
  createRng,
  MedganError,
  parseOptions,
  type FeatureRows,
  type SetMetric,
  type SetValue,
} from '@medgan/plugin-api';
import { equalValues } from '../assertions.ts';
import type { Check } from '../check.ts';
import { pluginChecks } from '../plugin-checks.ts';

/** A set metric under test, and the options it computes with: those without a default at least. */
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

/** Sets that can be judged: unequal, wider than they are long, equal to each other, without any variance. */
const ORDINARY: Readonly<Record<string, () => Sets>> = {
  'sets of one distribution': () => ({ real: normal('real', 60), fake: normal('fake', 60) }),
  'sets of unequal size': () => ({ real: normal('real', 60), fake: normal('fake', 33) }),
  'features of one dim': () => ({
    real: normal('real', 40, { dims: 1 }),
    fake: normal('fake', 40, { dims: 1 }),
  }),
  'more dims than images': () => ({
    real: normal('real', 20, { dims: 50 }),
    fake: normal('fake', 20, { dims: 50 }),
  }),
  'a set against itself': () => ({ real: normal('real', 40), fake: normal('real', 40) }),
  'images that are all alike': () => ({
    real: normal('real', 40, { deviation: 0 }),
    fake: normal('fake', 40, { deviation: 0 }),
  }),
  'fakes that are all alike': () => ({
    real: normal('real', 40),
    fake: normal('fake', 40, { deviation: 0 }),
  }),
};

/** Sets too small for most metrics. */
const SMALL: readonly (readonly [real: number, fake: number])[] = [
  [0, 0],
  [1, 1],
  [2, 2],
  [60, 1],
  [1, 60],
  [60, 0],
];

function compute({ metric, options }: SetMetricSubject, sets: Sets): SetValue[] {
  const parsed = parseOptions<object>(metric.name, metric.options, options);
  return metric.compute(sets, parsed, { rng: createRng('set metric') });
}

function assertWellFormed(what: string, values: readonly SetValue[]): void {
  for (const { name, value, reason, deviation } of values) {
    if (value === null) {
      assert.match(reason ?? '', /\S/, `${what}: ${name} is null without a reason`);
      continue;
    }
    assert.ok(Number.isFinite(value), `${what}: ${name} is ${value}`);
    assert.equal(reason, undefined, `${what}: ${name} has a value, and a reason why it has none`);
    const spread = deviation === undefined || (Number.isFinite(deviation) && deviation >= 0);
    assert.ok(spread, `${what}: the deviation of ${name} is ${deviation}`);
  }
}

const headingOf = (values: readonly SetValue[]): string[] =>
  values.map(({ name, direction }) => `${name} (${direction})`);

/** How much better `a` is than `b`; 0 where one of them is not known. */
function gain(a: SetValue, b: SetValue): number {
  if (a.value === null || b.value === null) return 0;
  return a.direction === 'higher' ? a.value - b.value : b.value - a.value;
}

function assertRefused(subject: SetMetricSubject, what: string, sets: Sets): void {
  assert.throws(() => compute(subject, sets), MedganError, `no MedganError for ${what}`);
}

/** What every metric of two sets of images must do. */
export const setMetricChecks: readonly Check<SetMetricSubject>[] = [
  ...pluginChecks<SetMetricSubject>(({ metric, options }) => ({ ...metric, given: options })),
  {
    name: 'gives values of the same names and directions for any two sets, empty ones too',
    run(subject) {
      const expected = compute(subject, { real: normal('real', 60), fake: normal('fake', 60) });
      assert.ok(expected.length > 0, 'it gives no value');
      assert.equal(new Set(expected.map(({ name }) => name)).size, expected.length, 'two values of one name');
      for (const { name, direction } of expected) {
        assert.match(name, /^[a-z][a-z0-9-]*$/, `${JSON.stringify(name)} is not kebab-case`);
        assert.match(direction, /^(higher|lower)$/);
      }
      for (const [real, fake] of SMALL) {
        const sets = { real: normal('real', real), fake: normal('fake', fake) };
        const what = `${real} real and ${fake} fake images`;
        assert.deepEqual(headingOf(compute(subject, sets)), headingOf(expected), what);
      }
    },
  },
  {
    name: 'gives finite values, or null and a reason',
    run(subject) {
      for (const [what, sets] of Object.entries(ORDINARY)) assertWellFormed(what, compute(subject, sets()));
      const usual = compute(subject, ORDINARY['sets of one distribution']!());
      for (const { name, value, reason } of usual)
        assert.notEqual(value, null, `${name} of 60 real and 60 fake images: ${reason}`);
      for (const [real, fake] of SMALL) {
        const sets = { real: normal('real', real), fake: normal('fake', fake) };
        assertWellFormed(`${real} real and ${fake} fake images`, compute(subject, sets));
      }
    },
  },
  {
    name: 'finds fakes far from the reals and all alike no better by any value, and worse by one',
    run(subject) {
      const real = normal('real', 60);
      const near = compute(subject, { real, fake: normal('fake', 60) });
      const far = compute(subject, { real, fake: normal('fake', 60, { mean: 4, deviation: 0.01 }) });
      const gains = near.map((value, i) => gain(value, far[i]!));
      for (const [i, { name }] of near.entries()) {
        const told = `${name} is ${far[i]!.value} for them, ${near[i]!.value} for fakes like the reals`;
        assert.ok(gains[i]! >= 0, told);
      }
      assert.ok(
        gains.some((value) => value > 0),
        'no value is worse for them',
      );
    },
  },
  {
    name: 'says the same of the same sets and stream, whatever it computed before',
    run(subject) {
      const sets = (): Sets => ({ real: normal('real', 60), fake: normal('fake', 50) });
      const once = compute(subject, sets());
      compute(subject, { real: normal('real', 40), fake: normal('others', 40) });
      assert.deepEqual(compute(subject, sets()), once, 'two calls differ');
    },
  },
  {
    name: 'leaves the features alone',
    run(subject) {
      const sets = { real: normal('real', 40), fake: normal('fake', 40) };
      const before = [sets.real.values.slice(), sets.fake.values.slice()] as const;
      compute(subject, sets);
      const kept = equalValues(sets.real.values, before[0]) && equalValues(sets.fake.values, before[1]);
      assert.ok(kept, 'it wrote into the features');
    },
  },
  {
    name: 'refuses features of unequal dims, and those that are not finite',
    run(subject) {
      const real = normal('real', 40);
      assertRefused(subject, `${DIMS} dims against 5`, { real, fake: normal('fake', 40, { dims: 5 }) });
      for (const value of [NaN, Infinity]) {
        const fake = normal('fake', 40);
        fake.values[7] = value;
        assertRefused(subject, `the feature ${value}`, { real, fake });
        assertRefused(subject, `the feature ${value}`, { real: fake, fake: real });
      }
    },
  },
  {
    name: 'tells how far it is without going back or past the end',
    run({ metric, options }) {
      let last = 0;
      const onProgress = (done: number, total: number): void => {
        assert.ok(done >= last && done <= total, `${done} of ${total} after ${last}`);
        last = done;
      };
      const sets = { real: normal('real', 40), fake: normal('fake', 40) };
      const parsed = parseOptions<object>(metric.name, metric.options, options);
      metric.compute(sets, parsed, { rng: createRng('set metric'), onProgress });
    },
  },
];
