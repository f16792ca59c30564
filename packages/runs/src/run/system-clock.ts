import type { Clock } from '@medgan/plugin-api';

/** The machine's clock: the one place that reads it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
