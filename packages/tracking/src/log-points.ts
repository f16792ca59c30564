import type { Metric } from 'mlflow-ts-client';
import { trackedName } from './flatten.ts';
import type { Pace } from './pace.ts';
import type { LoggedStep } from './read-log.ts';

/** The metric of training speed, in steps per second. */
const PACE = 'steps_per_second';

/** What steps have logged, as points of metrics. */
export const pointsOf = (steps: readonly LoggedStep[]): Metric[] =>
  steps.flatMap(({ step, time, values }) =>
    Object.entries(values).map(([key, value]) => ({ key: trackedName(key), value, timestamp: time, step })),
  );

/** The speed of a training, as points of a metric. */
export const pointsOfPace = (values: readonly Pace[]): Metric[] =>
  values.map(({ step, time, stepsPerSecond }) => ({
    key: PACE,
    value: stepsPerSecond,
    timestamp: time,
    step,
  }));
