import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepValues } from './step-runner.ts';

/** One line of `log.jsonl`: every step has one. */
export interface LogLine {
  readonly step: number;
  readonly epoch: number;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly values: StepValues;
}

/** A number as JSON, where NaN and infinities are strings: a diverged loss must be seen, not lost. */
const jsonNumber = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

/** The log of a run, kept in memory for the loss curve and appended to `log.jsonl` a few lines at a time. */
export class RunLog {
  readonly lines: LogLine[] = [];
  readonly path: string;
  #written = 0;

  constructor(runDir: string) {
    this.path = join(runDir, 'log.jsonl');
    writeFileSync(this.path, '');
  }

  add(line: LogLine): void {
    this.lines.push(line);
  }

  /** Appends what is not on disk yet. */
  flush(): void {
    const rest = this.lines.slice(this.#written);
    if (rest.length === 0) return;
    const text = rest
      .map(({ values, ...place }) => `${JSON.stringify({ ...place, ...values }, jsonNumber)}\n`)
      .join('');
    appendFileSync(this.path, text);
    this.#written = this.lines.length;
  }
}
