import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, writeFileAtomically } from '@medgan/files';
import { RUN_FILES } from '@medgan/plugin-api';
import { listCheckpoints, pruneCheckpoints } from './checkpoint.ts';
import type { Best, Evaluation } from './evaluation.ts';
import type { LogLine } from './log.ts';
import type { Reporter } from './progress.ts';
import { nonFiniteReason, type ByteImages } from './byte-images.ts';
import type { MetricValues } from './step-runner.ts';

export interface BestCheckpointOptions {
  readonly runDir: string;
  readonly evaluation?: Evaluation;
  readonly reporter: Reporter;
  /** Steps between two evaluations; undefined = none. The last step is evaluated too. */
  readonly every: number | undefined;
  readonly totalSteps: number;
}

const recordPath = (runDir: string): string => join(runDir, RUN_FILES.best);

/** The best evaluation that a run folder records; undefined when the run was never evaluated. */
export function readBest(runDir: string): Promise<Best | undefined> {
  return readJson<Best>(recordPath(runDir));
}

/**
 * Evaluates a run every few steps and keeps the checkpoint of its best one. Everything it knows is in the log, so a
 * resumed run goes on with the same best as one that never stopped; `best.json` is only read by others.
 */
export class BestCheckpoint {
  readonly #options: BestCheckpointOptions;
  #best: Best | undefined;

  private constructor(options: BestCheckpointOptions) {
    this.#options = options;
  }

  /** Recalls the best of the steps already logged, as far as its checkpoint is still there. */
  static async open(options: BestCheckpointOptions, lines: readonly LogLine[]): Promise<BestCheckpoint> {
    const opened = new BestCheckpoint(options);
    const { evaluation } = options;
    if (evaluation) for (const { step, values } of lines) opened.#take(evaluation, step, values);
    const kept = await listCheckpoints(options.runDir);
    if (!kept.some(({ step }) => step === opened.#best?.step)) opened.#best = undefined;
    if (opened.#best) await opened.#write();
    else await rm(recordPath(options.runDir), { force: true });
    return opened;
  }

  get record(): Best | undefined {
    return this.#best;
  }

  /** The step of the best evaluation so far: its checkpoint must be written before the next step. */
  get step(): number | undefined {
    return this.#best?.step;
  }

  /**
   * The figures of a step, by log key. There are none where the step is not due to be evaluated, and where the generator
   * gives NaN: as bytes, such images would be black ones, which some metrics like.
   */
  async judge(step: number, draw: () => Promise<ByteImages>): Promise<MetricValues> {
    const { evaluation, every, totalSteps, reporter } = this.#options;
    const isDue = every !== undefined && (step % every === 0 || step === totalSteps);
    if (!evaluation || !isDue) return {};
    const images = await draw();
    const reason = nonFiniteReason(images);
    if (reason !== undefined) {
      reporter.onEvaluated?.({ step, values: {}, best: this.#best, reason });
      return {};
    }
    const figures = Object.entries(await evaluation.evaluate(images));
    const values: MetricValues = Object.fromEntries(
      figures.map(([name, value]) => [`metric/${name}`, value]),
    );
    this.#take(evaluation, step, values);
    reporter.onEvaluated?.({ step, values, best: this.#best });
    return values;
  }

  #take({ metric: { name, direction } }: Evaluation, step: number, values: MetricValues): void {
    const value = values[`metric/${name}`];
    if (value === undefined || !Number.isFinite(value)) return;
    const sign = direction === 'higher' ? 1 : -1;
    if (this.#best && sign * value <= sign * this.#best.value) return;
    this.#best = { metric: name, direction, value, step };
  }

  /** Writes `best.json`, then removes all checkpoints but the best and the newest `keep`. */
  async prune(keep: number): Promise<void> {
    if (this.#best) await this.#write();
    await pruneCheckpoints(this.#options.runDir, keep, this.#best?.step);
  }

  async #write(): Promise<void> {
    await writeFileAtomically(
      recordPath(this.#options.runDir),
      `${JSON.stringify(this.#best, undefined, 2)}\n`,
    );
  }
}
