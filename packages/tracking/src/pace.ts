/** Steps that one value of the pace covers. */
const STEPS = 50;

/** Where the log was last read, for the pace: carried from one piece of the log to the next. */
export interface PaceState {
  /** Last step read, and its time in milliseconds. */
  readonly step: number;
  readonly time: number;
  /** Steps and milliseconds since the last value, without the longest interval. */
  readonly steps: number;
  readonly duration: number;
  /** The longest interval since the last value: its steps and milliseconds. */
  readonly longest: readonly [steps: number, duration: number];
}

/** A value of the pace: steps per second over the steps up to `step`. */
export interface Pace {
  readonly step: number;
  readonly time: number;
  readonly stepsPerSecond: number;
}

const begin = (step: number, time: number): PaceState => ({
  step,
  time,
  steps: 0,
  duration: 0,
  longest: [0, 0],
});

/**
 * Steps per second at every 50th step or so, from the times of a log. The longest interval between two logged steps is
 * left out of each value: it holds a pause, such as the one between a run and its resumption, or an evaluation.
 */
export function paceOf(
  entries: readonly { readonly step: number; readonly time: number }[],
  state: PaceState | undefined,
): { readonly values: readonly Pace[]; readonly state: PaceState | undefined } {
  const values: Pace[] = [];
  let now = state;
  for (const { step, time } of entries) {
    if (now === undefined || step <= now.step) {
      now = begin(step, time);
      continue;
    }
    const interval = [step - now.step, Math.max(0, time - now.time)] as const;
    const isLongest = interval[1] > now.longest[1];
    const [counted, longest] = isLongest ? [now.longest, interval] : [interval, now.longest];
    now = { step, time, steps: now.steps + counted[0], duration: now.duration + counted[1], longest };
    if (now.steps + now.longest[0] < STEPS) continue;
    if (now.duration > 0) values.push({ step, time, stepsPerSecond: (1000 * now.steps) / now.duration });
    now = begin(step, time);
  }
  return { values, state: now };
}
