/** The only way to the time of day. Inject a fixed one to make a run's files reproducible. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start that never jump back: for durations. */
  monotonic(): number;
}
