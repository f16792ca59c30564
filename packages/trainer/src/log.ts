import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MedganError } from '@medgan/files';
import { RUN_FILES } from '@medgan/plugin-api';
import type { LoggedValues } from './step-runner.ts';

/** One line of `log.jsonl`: every step has one. */
export interface LogLine {
  readonly step: number;
  readonly epoch: number;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly values: LoggedValues;
}

/** A number as JSON, where NaN and infinities are strings: a diverged loss must be seen, not lost. */
const jsonNumber = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

/** Every value of a parsed line, with the strings that stand for NaN and infinities turned back. */
function parseLine(text: string): LogLine {
  const { step, epoch, time, ...values } = JSON.parse(text) as Record<string, number | string>;
  const numbers = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Number(value)]));
  return { step: Number(step), epoch: Number(epoch), time: Number(time), values: numbers as LoggedValues };
}

/** The log of a run, kept in memory for the loss curve and appended to `log.jsonl` a few lines at a time. */
export class RunLog {
  readonly lines: LogLine[];
  readonly path: string;
  #written: number;

  /** Starts the log anew, or goes on after step `done`: later lines, which will come again, are dropped. */
  constructor(runDir: string, done = 0) {
    this.path = join(runDir, RUN_FILES.log);
    const kept = done === 0 ? [] : readFileSync(this.path, 'utf8').split('\n').slice(0, done);
    this.lines = kept.filter((text) => text !== '').map(parseLine);
    if (this.lines.length !== done) {
      throw new MedganError(
        `${this.path} has ${this.lines.length} whole lines, but the checkpoint is of step ${done}`,
        {
          cure: 'resume from an older checkpoint: remove the newest folder under checkpoints/',
        },
      );
    }
    writeFileSync(this.path, kept.map((text) => `${text}\n`).join(''));
    this.#written = this.lines.length;
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
