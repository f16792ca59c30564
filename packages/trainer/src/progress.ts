import type { Clock } from '@medgan/plugin-api';
import type { Best } from './evaluation.ts';
import type { LoggedValues, MetricValues } from './step-runner.ts';

/** Where a run stands after a step. */
export interface Progress {
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly values: LoggedValues;
  /** Median over the last steps; undefined until there are some. */
  readonly stepsPerSecond: number | undefined;
  readonly secondsLeft: number | undefined;
}

/** Figures of a run's images after a step. */
export interface EvaluatedStep {
  readonly step: number;
  readonly values: MetricValues;
  /** The best one so far, of this step or an earlier one; undefined while no figure was a number. */
  readonly best: Best | undefined;
  /** Why the images have no figure, where they have none. */
  readonly reason?: string;
}

/** Hears what happens in a run, to show it. */
export interface Reporter {
  /** The step was compiled, once per run. */
  onCompiled(milliseconds: number): void;
  /** A step is done. */
  onStep(progress: Progress): void;
  /** Images of this step were judged; called only where the run evaluates. */
  onEvaluated?(evaluated: EvaluatedStep): void;
  /** A file a person may want to look at was written. */
  onFile(path: string): void;
  /** Something that needs attention, such as a training that diverges, with its cure. */
  onWarning?(message: string): void;
}

const WINDOW = 25;

/** The speed of training, robust against steps that also compiled or drew. */
export class Pace {
  readonly #clock: Clock;
  readonly #durations: number[] = [];
  #start: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(): void {
    this.#start = this.#clock.monotonic();
  }

  /** That many steps were done since `begin`. */
  end(steps: number): void {
    this.#durations.push((this.#clock.monotonic() - this.#start!) / steps);
    if (this.#durations.length > WINDOW) this.#durations.shift();
  }

  /** Steps per second, of the median duration. */
  get stepsPerSecond(): number | undefined {
    if (this.#durations.length < 2) return undefined;
    const sorted = [...this.#durations].sort((a, b) => a - b);
    return 1000 / Math.max(sorted[Math.floor(sorted.length / 2)]!, 1e-3);
  }

  /** Seconds that so many more steps take at this speed. */
  secondsFor(steps: number): number | undefined {
    const { stepsPerSecond } = this;
    return stepsPerSecond === undefined ? undefined : steps / stepsPerSecond;
  }
}
